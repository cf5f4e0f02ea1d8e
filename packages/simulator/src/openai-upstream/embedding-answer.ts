/** Vectors that are the same for the same input on every machine, as numbers or as base64 of little-endian floats. */
import { createHash } from 'node:crypto';
import type { JsonObject } from '../json-object.js';

const DIMENSIONS = 1024;
const MAX_DIMENSIONS = 4096;

/** The JSON text of the answer. */
export function embeddingAnswer({ input, encoding_format: format, dimensions }: JsonObject, model: string): string {
  const inputs = Array.isArray(input) && !input.every((item) => typeof item === 'number') ? input : [input];
  const size = typeof dimensions === 'number' ? Math.min(MAX_DIMENSIONS, Math.max(1, dimensions)) : DIMENSIONS;
  const data = inputs.map((item, index) => {
    const vector = vectorOf(JSON.stringify(item ?? null), size);
    const embedding =
      format === 'base64'
        ? Buffer.from(vector.buffer, vector.byteOffset, vector.byteLength).toString('base64')
        : [...vector];
    return { object: 'embedding', index, embedding };
  });
  const tokens = inputs.length * 3;
  const usage = { prompt_tokens: tokens, total_tokens: tokens };
  // With blanks: whoever writes it anew is found out.
  return `{"object": "list", "data": ${JSON.stringify(data)}, "model": ${JSON.stringify(model)}, "usage": ${JSON.stringify(usage)}}`;
}

function vectorOf(text: string, size: number): Float32Array {
  const vector = new Float32Array(size);
  let digest = createHash('sha256').update(text).digest();
  for (let at = 0; at < size; at++) {
    if (at % 8 === 0 && at > 0) digest = createHash('sha256').update(digest).digest();
    vector[at] = digest.readUInt32LE((at % 8) * 4) / 0xffff_ffff - 0.5;
  }
  return vector;
}
