/** Vectors out of an answer of `/embeddings`, as numbers or as base64 of 32-bit floats. */
import { LlmClientError } from './errors.js';
import { asObject } from './failure-text.js';

/** In the order of the inputs. @throws LlmClientError `LLM_CLIENT_RESPONSE` */
export function vectorsOf(value: unknown): number[][] {
  const { data } = asObject(value);
  if (!Array.isArray(data)) throw new LlmClientError('LLM_CLIENT_RESPONSE', 'The answer holds no embeddings');
  const vectors: number[][] = [];
  for (const [at, entry] of data.entries()) {
    const { index = at, embedding } = asObject(entry);
    const place = Number(index);
    // One for each, and none twice: else a text would get the vector of another.
    if (!Number.isInteger(place) || place < 0 || place >= data.length || vectors[place] !== undefined) {
      throw new LlmClientError('LLM_CLIENT_RESPONSE', 'The embeddings are not numbered one after the other');
    }
    vectors[place] = toNumbers(embedding);
  }
  return vectors;
}

function toNumbers(embedding: unknown): number[] {
  if (Array.isArray(embedding)) return embedding as number[];
  const bytes = typeof embedding === 'string' ? fromBase64(embedding) : undefined;
  if (bytes === undefined) throw new LlmClientError('LLM_CLIENT_RESPONSE', 'An embedding is no list of numbers');
  const floats = new DataView(bytes.buffer);
  return Array.from({ length: bytes.length >> 2 }, (_, at) => floats.getFloat32(at * 4, true));
}

function fromBase64(text: string): Uint8Array | undefined {
  try {
    return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  } catch {
    return undefined;
  }
}
