/**
 * Which pictures of a conversation go along: Lingma takes those of one turn only. The newest turn's come first; when
 * it has none but speaks of one, those of the last turn that had some.
 */
import type { ChatMessage, MediaPart, TextPart } from '../../chat/index.js';

const SPEAKS_OF_IMAGE =
  /\b(images?|pictures?|photos?|screenshots?|screen ?shots?|figures?|diagrams?|charts?|icons?|logos?|drawings?|pics?|above|it|that|this|these|those)\b|图|截屏|照片|相片|画面|这张|那张|上面/i;

/** Pictures in the order in which they stand; empty when the conversation has none for this turn. */
export function selectImages(messages: readonly ChatMessage[]): readonly MediaPart[] {
  // In a tool loop the question, and its pictures, stand before the calls and results that followed.
  const question = messages.findLastIndex((message) => message.role === 'user');
  const turnStart = messages.findLastIndex((message, index) => index < question && message.role === 'assistant') + 1;
  const newest = messages.slice(turnStart);
  const own = newest.flatMap(imagesOf);
  if (own.length > 0) return own;
  if (!SPEAKS_OF_IMAGE.test(newest.map(textOf).join('\n'))) return [];
  for (let index = turnStart - 1; index >= 0; index--) {
    const images = imagesOf(messages[index] as ChatMessage);
    if (images.length > 0) return images;
  }
  return [];
}

function imagesOf(message: ChatMessage): readonly MediaPart[] {
  if (message.role === 'user') return message.content.filter(isImage);
  if (message.role !== 'tool') return [];
  return message.content.flatMap((result) => result.output.filter(isImage));
}

const isImage = (part: TextPart | MediaPart): part is MediaPart => part.type === 'image';

function textOf(message: ChatMessage): string {
  if (message.role !== 'user') return '';
  return message.content.map((part) => (part.type === 'text' ? part.text : '')).join('\n');
}
