/** The conversation as a model without tools sees it: text under three roles, pictures beside it. */
import type { MediaPart } from './request.js';

/** What one of three roles said, as a model without tools sees it. */
export interface TranscriptEntry {
  readonly role: 'system' | 'user' | 'assistant';
  readonly text: string;
  readonly images?: readonly MediaPart[];
  /** Some of the text is a tool's or a document's: it stands under a heading even where it is all there is. */
  readonly isForeign?: boolean;
}
