/** The conversation as a model without tools sees it: text under three roles, pictures beside it. */
import type { MediaPart } from './request.js';

export interface TranscriptEntry {
  readonly role: 'system' | 'user' | 'assistant';
  readonly text: string;
  readonly images?: readonly MediaPart[];
}
