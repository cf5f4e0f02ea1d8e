/** The data of server-sent events, read as they come: any line ends, comments, cut anywhere. */
import { LlmClientError } from './errors.js';
import type { Answer } from './send.js';

/** Characters of one event: no chunk of a model is that long. */
const MAX_EVENT = 8 * 1024 * 1024;

/** @throws LlmClientError `LLM_CLIENT_RESPONSE` for an event beyond 8 MiB */
export async function* readEvents(
  body: ReadableStream<Uint8Array>,
  { signal, waits, rests }: Pick<Answer, 'signal' | 'waits' | 'rests'>,
): AsyncGenerator<string> {
  const reader = body.getReader();
  const cancel = (): void => void reader.cancel().catch(() => undefined);
  // A body of the caller's own `fetch` may heed no signal.
  signal.addEventListener('abort', cancel, { once: true });
  const decoder = new TextDecoder();
  let rest = '';
  let data: string[] = [];
  let length = 0;
  try {
    for (;;) {
      waits();
      const { done, value } = await reader.read();
      rests();
      if (signal.aborted) throw signal.reason;
      rest += done ? `${decoder.decode()}\n\n` : decoder.decode(value, { stream: true });
      // A carriage return at the end may be half of a line's end.
      const lines = rest.split(/\r\n|\n|\r(?!$)/);
      rest = lines.pop() ?? '';
      length += rest.length;
      for (const line of lines) {
        if (line === '' && data.length > 0) {
          yield data.join('\n');
          data = [];
          length = 0;
        } else if (line.startsWith('data:')) {
          data.push(line.slice(line[5] === ' ' ? 6 : 5));
          length += line.length;
        }
      }
      if (length > MAX_EVENT) throw new LlmClientError('LLM_CLIENT_RESPONSE', 'An event of the stream is too long');
      length -= rest.length;
      if (done) return;
    }
  } finally {
    signal.removeEventListener('abort', cancel);
    cancel();
  }
}
