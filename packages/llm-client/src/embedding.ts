/** Vectors out of an answer of `/embeddings`, as numbers or as base64 of 32-bit floats. */
import { LlmClientError } from './errors.js';
import { asObject } from './failure-text.js';

/** In the order of the inputs. @throws LlmClientError `LLM_CLIENT_RESPONSE` */
export function vectorsOf(value: unknown): number[][] {
  const { data } = asObject(value);
  if (!Array.isArray(data)) throw new LlmClientError('LLM_CLIENT_RESPONSE', 'The answer holds no embeddings');
  const vectors: number[][] = [];
  for (const [at, entry] of data.entries()) {
    const { index, embedding } = asObject(entry);
    vectors[typeof index === 'number' ? index : at] = toNumbers(embedding);
  }
  return vectors;
}

function toNumbers(embedding: unknown): number[] {
  if (Array.isArray(embedding)) return embedding as number[];
  if (typeof embedding !== 'string')
    throw new LlmClientError('LLM_CLIENT_RESPONSE', 'An embedding is no list of numbers');
  const bytes = Uint8Array.from(atob(embedding), (character) => character.charCodeAt(0));
  const floats = new DataView(bytes.buffer);
  return Array.from({ length: bytes.length >> 2 }, (_, at) => floats.getFloat32(at * 4, true));
}
