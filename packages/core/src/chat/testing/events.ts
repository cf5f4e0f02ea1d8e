/** Events of a turn, as short as tests want them. */
import type { ChatEvent, FinishReason, ResponseEnd, ResponseStart } from '../event.js';

export const start = (more: Partial<ResponseStart> = {}): ChatEvent => ({
  type: 'response-start',
  responseId: 'r',
  model: 'm',
  createdAt: 0,
  warnings: [],
  ...more,
});

export const end = (finishReason: FinishReason = 'stop', more: Partial<ResponseEnd> = {}): ChatEvent => ({
  type: 'response-end',
  finishReason,
  usage: { inputTokens: 1, outputTokens: 1, origin: 'estimated' },
  ...more,
});

/** `text-start`, deltas and `text-end` of one block. */
export const text = (id: string, ...deltas: readonly string[]): ChatEvent[] => [
  { type: 'text-start', id },
  ...deltas.map((delta): ChatEvent => ({ type: 'text-delta', id, delta })),
  { type: 'text-end', id },
];

export const reasoning = (id: string, ...deltas: readonly string[]): ChatEvent[] => [
  { type: 'reasoning-start', id },
  ...deltas.map((delta): ChatEvent => ({ type: 'reasoning-delta', id, delta })),
  { type: 'reasoning-end', id },
];

export const toolStart = (id: string): ChatEvent => ({
  type: 'tool-input-start',
  id,
  toolName: 'ls',
  kind: 'function',
  executedBy: 'client',
});

export const toolCall = (id: string, ...deltas: readonly string[]): ChatEvent[] => [
  toolStart(id),
  ...deltas.map((delta): ChatEvent => ({ type: 'tool-input-delta', id, delta })),
  { type: 'tool-input-end', id },
];
