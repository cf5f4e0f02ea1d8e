/**
 * One more try for an answer that is not what was demanded: a forced tool that was not called, JSON that does not fit
 * its schema, a model that claims to have no tools. The second try is a turn of its own, with the first answer and a
 * stricter instruction behind the conversation. There is never a third.
 */
import {
  type ChatEvent,
  type ChatEventStream,
  type ChatResult,
  eventStream,
  GatewayError,
  ResultCollector,
  type TranscriptEntry,
  type Usage,
} from '../chat/index.js';

export type Verdict =
  /** `text`: sent in place of the answer's text (only where the answer is held). */
  { readonly type: 'accept'; readonly text?: string } | { readonly type: 'retry'; readonly instruction: string };

export interface SecondTryOptions {
  readonly judge: (answer: ChatResult) => Verdict;
  /** Starts a turn with `more` behind the conversation. */
  readonly open: (more: readonly TranscriptEntry[]) => ChatEventStream;
  /**
   * `true`: nothing is passed on before an answer is accepted, and when neither is, the turn fails with this error.
   * `false`: the first answer streams on as it comes; of a second only the tool calls are added to it.
   */
  readonly hold: false | ((answer: ChatResult) => GatewayError);
}

/** Characters of an answer that may be held. */
const MAX_HELD = 16 * 1024 * 1024;

export function withSecondTry(options: SecondTryOptions): ChatEventStream {
  const { judge, open, hold } = options;
  let current: ChatEventStream | undefined;
  let closed = false;
  let ended = false;

  const begin = (more: readonly TranscriptEntry[]): ChatEventStream => {
    current = open(more);
    if (closed) void current.close();
    return current;
  };
  const retry = (answer: ChatResult, instruction: string): ChatEventStream =>
    begin([
      ...(textOf(answer) === '' ? [] : [{ role: 'assistant', text: textOf(answer) } as const]),
      { role: 'user', text: instruction },
    ]);

  const readHeld = async (holds: (answer: ChatResult) => GatewayError): Promise<readonly ChatEvent[]> => {
    const first = await collect(begin([]));
    const verdict = judge(first.answer);
    ended = true;
    if (verdict.type === 'accept') return replaceText(first.events, verdict.text);
    const second = await collect(retry(first.answer, verdict.instruction));
    const final = judge(second.answer);
    if (final.type === 'retry') throw holds(second.answer);
    return withUsage(replaceText(second.events, final.text), addUsage(first.answer.usage, second.answer.usage));
  };

  const collector = new ResultCollector();
  const readPassing = async (): Promise<readonly ChatEvent[] | undefined> => {
    const batch = await (current ?? begin([])).read();
    if (batch === undefined) return undefined;
    for (const event of batch) collector.push(event);
    if (batch.at(-1)?.type !== 'response-end') return batch;
    const answer = collector.finish();
    const verdict = judge(answer);
    ended = true;
    if (verdict.type === 'accept') return batch;
    const calls = await collect(retry(answer, verdict.instruction)).then(
      ({ events, answer: second }) => ({ events: toolEvents(events), usage: second.usage }),
      // The first answer was whole; a failing second try takes nothing from it.
      () => ({ events: [], usage: undefined }),
    );
    const { usage, events } = calls;
    if (usage === undefined || events.length === 0) return batch;
    const total = addUsage(answer.usage, usage);
    const end: ChatEvent = { type: 'response-end', finishReason: 'tool-calls', usage: total };
    return [...batch.slice(0, -1), ...events, end];
  };

  return eventStream(
    async () => {
      if (ended) return undefined;
      return hold === false ? readPassing() : readHeld(hold);
    },
    async () => {
      closed = true;
      await current?.close();
    },
  );
}

async function collect(
  stream: ChatEventStream,
): Promise<{ readonly events: readonly ChatEvent[]; readonly answer: ChatResult }> {
  const events: ChatEvent[] = [];
  const collector = new ResultCollector();
  let held = 0;
  try {
    for (let batch = await stream.read(); batch !== undefined; batch = await stream.read()) {
      for (const event of batch) {
        if ('delta' in event) held += event.delta.length;
        collector.push(event);
        events.push(event);
      }
      if (held > MAX_HELD) throw new GatewayError('upstream_error', 'The answer is too long to be checked');
    }
  } finally {
    await stream.close();
  }
  return { events, answer: collector.finish() };
}

const textOf = (answer: ChatResult): string =>
  answer.content.map((block) => (block.type === 'text' ? block.text : '')).join('');

/** The events with all their text as one block of `text`, where the first stood. */
function replaceText(events: readonly ChatEvent[], text: string | undefined): readonly ChatEvent[] {
  if (text === undefined) return events;
  const id = 'accepted-text';
  const block: readonly ChatEvent[] = [
    { type: 'text-start', id },
    { type: 'text-delta', id, delta: text },
    { type: 'text-end', id },
  ];
  const first = events.findIndex((event) => event.type === 'text-start');
  const place = first === -1 ? events.length - 1 : first;
  const isText = (event: ChatEvent): boolean =>
    event.type === 'text-start' || event.type === 'text-delta' || event.type === 'text-end';
  return [...events.slice(0, place), ...block, ...events.slice(place).filter((event) => !isText(event))];
}

const withUsage = (events: readonly ChatEvent[], usage: Usage): readonly ChatEvent[] =>
  events.map((event) => (event.type === 'response-end' ? { ...event, usage } : event));

const toolEvents = (events: readonly ChatEvent[]): readonly ChatEvent[] =>
  events.filter(({ type }) => type === 'tool-input-start' || type === 'tool-input-delta' || type === 'tool-input-end');

function addUsage(first: Usage, second: Usage): Usage {
  const reasoning = (first.reasoningTokens ?? 0) + (second.reasoningTokens ?? 0);
  return {
    inputTokens: first.inputTokens + second.inputTokens,
    outputTokens: first.outputTokens + second.outputTokens,
    ...(reasoning > 0 && { reasoningTokens: reasoning }),
    origin: first.origin === 'reported' && second.origin === 'reported' ? 'reported' : 'estimated',
  };
}
