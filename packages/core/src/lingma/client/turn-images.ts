/** Which pictures of a turn go out, and `[image]` where one does not. */
import { type ChatWarning, leftOutWarning, type MediaPart, mediaMark, type TranscriptEntry } from '../../chat/index.js';
import type { PreparedImage } from '../turn/turn-contract.js';
import type { LingmaTurn } from './lingma-turn.js';

export interface TurnImages {
  readonly images: readonly PreparedImage[];
  /** The entry they were taken from, if they stood in one. */
  readonly entry?: TranscriptEntry;
}

/** The turn's own pictures, else those of its last user message among `entries`; none for a model without eyes. */
export function imagesOf(
  turn: LingmaTurn,
  entries: readonly TranscriptEntry[],
  modelSees: boolean,
  warnings: ChatWarning[],
): TurnImages {
  const entry = turn.images === undefined ? entries.findLast(({ role }) => role === 'user') : undefined;
  const parts = turn.images ?? entry?.images ?? [];
  if (parts.length === 0) return { images: [] };
  if (!modelSees) {
    warnings.push(leftOutWarning('image', 'The model takes no images'));
    return { images: [] };
  }
  const images = parts.map(prepare).filter((image) => image !== undefined);
  if (images.length < parts.length) {
    warnings.push(leftOutWarning('image', 'Only inline images can be sent'));
    return { images };
  }
  return { images, ...(entry !== undefined && { entry }) };
}

/** Entries with a mark for each picture that does not go out with the turn. */
export function withoutImages(
  entries: readonly TranscriptEntry[],
  sent: TranscriptEntry | undefined,
): readonly TranscriptEntry[] {
  return entries.map((entry) => {
    const count = entry === sent ? 0 : (entry.images?.length ?? 0);
    if (count === 0) return entry;
    const marks = Array.from({ length: count }, () => mediaMark('image')).join('\n');
    return { role: entry.role, text: entry.text === '' ? marks : `${entry.text}\n${marks}` };
  });
}

function prepare(part: MediaPart | PreparedImage): PreparedImage | undefined {
  if (!('type' in part)) return part;
  if (part.type !== 'image') return undefined;
  if (part.source.kind === 'base64') return { mediaType: part.source.mediaType, data: part.source.data };
  const inline = /^data:([\w.+-]+\/[\w.+-]+)(?:;[^,;]*)*;base64,/i.exec(part.source.url);
  if (inline === null) return undefined;
  return { mediaType: inline[1] as string, data: part.source.url.slice(inline[0].length).replace(/\s+/g, '') };
}
