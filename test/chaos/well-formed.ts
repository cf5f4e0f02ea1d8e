/** Whether what a client got is what its protocol knows: a whole answer, a refusal, or a stream that says how it ended. */
import { readEvents, sequenceProblems } from '../contract/openai-responses-sequence.js';
import { readFrames, type SseFrame } from '../contract/sse-frames.js';
import type { Protocol } from '../support/ask.js';
import type { Answer } from '../support/read-answer.js';

/** `failed`: a stream had begun and ended in its protocol's error; `refused`: a status and an envelope. */
export type Outcome = 'complete' | 'failed' | 'refused';

interface Verdict {
  readonly outcome: Outcome;
  readonly problems: readonly string[];
}

export function judge(protocol: Protocol, answer: Answer): Verdict {
  const problems: string[] = [];
  const expect = (truth: boolean, what: string): void => {
    if (!truth) problems.push(what);
  };
  const streamed = answer.headers.get('content-type')?.startsWith('text/event-stream') === true;
  if (!streamed) {
    const isJson = answer.headers.get('content-type')?.startsWith('application/json') === true;
    expect(isJson, `content type ${answer.headers.get('content-type')}`);
    if (answer.status === 200) return { outcome: 'complete', problems };
    expect(answer.status >= 400, `status ${answer.status}`);
    problems.push(...envelopeProblems(protocol, answer.raw));
    return { outcome: 'refused', problems };
  }
  expect(answer.status === 200, `status ${answer.status} of a stream`);
  try {
    const found = STREAMS[protocol](answer.raw.replace(/^:[^\n]*\n\n/gm, ''));
    return { outcome: found.failed ? 'failed' : 'complete', problems: [...problems, ...found.problems] };
  } catch (error) {
    return { outcome: 'failed', problems: [...problems, String(error)] };
  }
}

const isText = (value: unknown): value is string => typeof value === 'string' && value.length > 0;

function envelopeProblems(protocol: Protocol, raw: string): string[] {
  const body = JSON.parse(raw) as { type?: string; error?: { type?: string; message?: string; code?: unknown } };
  const problems: string[] = [];
  if (!isText(body.error?.message) || !isText(body.error?.type)) problems.push(`no error in ${raw}`);
  if (protocol === 'messages' && body.type !== 'error') problems.push(`not Anthropic's envelope: ${raw}`);
  if (protocol !== 'messages' && !Object.hasOwn(body.error ?? {}, 'code')) problems.push(`not OpenAI's: ${raw}`);
  return problems;
}

interface StreamVerdict {
  readonly failed: boolean;
  readonly problems: readonly string[];
}

const STREAMS: Readonly<Record<Protocol, (raw: string) => StreamVerdict>> = {
  chat: judgeChat,
  messages: judgeMessages,
  responses(raw) {
    const events = readEvents(raw);
    return { failed: events.at(-1)?.type === 'response.failed', problems: sequenceProblems(events) };
  },
};

interface Chunk {
  readonly id?: string;
  readonly object?: string;
  readonly error?: object;
  readonly choices?: readonly { readonly finish_reason: string | null }[];
}

function judgeChat(raw: string): StreamVerdict {
  const problems: string[] = [];
  const data = readFrames(raw).map((frame) => frame.data);
  const last = data.at(-1) ?? '';
  const failed = last !== '[DONE]';
  if (failed) problems.push(...envelopeProblems('chat', last));
  const chunks = data.slice(0, -1).map((text) => JSON.parse(text) as Chunk);
  for (const chunk of chunks) {
    if (chunk.object !== 'chat.completion.chunk') problems.push(`not a chunk: ${JSON.stringify(chunk)}`);
  }
  const finishes = chunks.flatMap(({ choices = [] }) => choices).filter(({ finish_reason: why }) => why !== null);
  if (finishes.length !== (failed ? 0 : 1)) problems.push(`${finishes.length} finish reasons`);
  if (new Set(chunks.map(({ id }) => id)).size > 1) problems.push('several ids');
  return { failed, problems };
}

interface MessageEvent {
  readonly type: string;
  readonly index?: number;
  readonly delta?: { readonly stop_reason?: string | null };
}

function judgeMessages(raw: string): StreamVerdict {
  const problems: string[] = [];
  const frames: readonly SseFrame[] = readFrames(raw);
  const events = frames.map((frame) => JSON.parse(frame.data) as MessageEvent);
  const failed = events.at(-1)?.type === 'error';
  let open: number | undefined;
  let blocks = 0;
  let stopReasons = 0;
  for (const [at, event] of events.entries()) {
    const wrong = (): void => void problems.push(`${at} ${JSON.stringify(event)}`);
    if (frames[at]?.event !== event.type) wrong();
    if ((event.type === 'message_start') !== (at === 0) && !(failed && events.length === 1)) wrong();
    if (event.type === 'content_block_start') {
      if (open !== undefined || event.index !== blocks) wrong();
      open = blocks++;
    } else if (event.type === 'content_block_delta') {
      if (event.index !== open) wrong();
    } else if (event.type === 'content_block_stop') {
      if (event.index !== open) wrong();
      open = undefined;
    } else if (event.type === 'message_delta') {
      if (open !== undefined || !isText(event.delta?.stop_reason)) wrong();
      stopReasons++;
    } else if ((event.type === 'error' || event.type === 'message_stop') && at !== events.length - 1) wrong();
  }
  if (failed) problems.push(...envelopeProblems('messages', frames.at(-1)?.data ?? '{}'));
  else if (events.at(-1)?.type !== 'message_stop') problems.push('no message_stop');
  if (stopReasons !== (failed ? 0 : 1)) problems.push(`${stopReasons} stop reasons`);
  return { failed, problems };
}
