/** Builds the params of `session/prompt` and `session/cancel` (protocol section 8). */
import type { JsonObject } from '../../../util/index.js';
import type { DialectTurn, PreparedImage } from '../../turn/turn-contract.js';

/** A picture and the file it was written to: some processes read the file, some the data (section 10.1). */
export interface PlacedImage extends PreparedImage {
  readonly path: string;
}

/** `scheme`: the product's own, `lingma` or `qodercn`. */
export function buildPrompt(
  turn: DialectTurn,
  requestId: string,
  images: readonly PlacedImage[],
  scheme: 'lingma' | 'qodercn',
): JsonObject {
  return {
    sessionId: turn.sessionId,
    prompt: [
      { type: 'text', text: turn.prompt },
      ...images.map(({ mediaType, data, path }) => ({
        type: 'image',
        mimeType: mediaType,
        uri: `${scheme}:///agent/file?path=${encodeURIComponent(path)}`,
        data,
      })),
    ],
    contextParams: [],
    _meta: {
      'ai-coding/request-id': requestId,
      'ai-coding/mode': turn.mode,
      ...(turn.modelKey !== undefined && { 'ai-coding/model': turn.modelKey }),
      'ai-coding/shell-type': turn.shellType,
      'ai-coding/current-file-path': turn.currentFilePath,
      'ai-coding/enabled-mcp-servers': [],
    },
  };
}

/** The same for a standard agent, which knows nothing of Lingma's members. */
export function buildAgentPrompt({ sessionId, prompt, images }: DialectTurn): JsonObject {
  const pictures = images.map(({ mediaType: mimeType, data }) => ({ type: 'image', mimeType, data }));
  return { sessionId, prompt: [{ type: 'text', text: prompt }, ...pictures] };
}

export function buildCancel(sessionId: string, requestId: string): JsonObject {
  return { sessionId, _meta: { 'ai-coding/request-id': requestId } };
}
