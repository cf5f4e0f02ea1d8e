/**
 * One more try for an answer that is not what was demanded: a forced tool that was not called, JSON that does not fit
 * its schema, a model that claims to have no tools. The second try is a turn of its own, with the first answer and a
 * stricter instruction behind the conversation. There is never a third.
 */
import {
  type ChatEvent,
  type ChatEventStream,
  type ChatResult,
  type ChatWarning,
  eventStream,
  GatewayError,
  pullStream,
  type ResponseEnd,
  ResultCollector,
  sumUsage,
  type TranscriptEntry,
  textOf,
  type Usage,
  withWarnings,
} from '../chat/index.js';

export type Verdict =
  /** `text`: sent in place of the answer's text (only where the answer is held). */
  { readonly type: 'accept'; readonly text?: string } | { readonly type: 'retry'; readonly instruction: string };

export interface SecondTryOptions {
  readonly judge: (answer: ChatResult) => Verdict | Promise<Verdict>;
  /** Starts a turn with `more` behind the conversation. */
  readonly open: (more: readonly TranscriptEntry[]) => ChatEventStream;
  /**
   * A function: nothing is passed on before an answer is accepted; when neither is, the turn fails with this error, or
   * the second is passed on with this warning.
   * `false`: the first answer streams on as it comes; of a second only the tool calls are added to it.
   */
  readonly hold: false | ((answer: ChatResult) => GatewayError | ChatWarning);
}

/** Characters of an answer that may be held. */
const MAX_HELD = 16 * 1024 * 1024;

export function withSecondTry(options: SecondTryOptions): ChatEventStream {
  const { judge, open, hold } = options;
  let current: ChatEventStream | undefined;
  let closed = false;

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
  const close = async (): Promise<void> => {
    closed = true;
    await current?.close();
  };

  const readHeld = async (holds: (answer: ChatResult) => GatewayError | ChatWarning): Promise<readonly ChatEvent[]> => {
    const first = await collect(begin([]));
    const verdict = await judge(first.answer);
    if (verdict.type === 'accept') return replaceText(first.events, verdict.text);
    const second = await collect(retry(first.answer, verdict.instruction));
    const final = await judge(second.answer);
    const usage = sumUsage([first.answer.usage, second.answer.usage]);
    if (final.type === 'accept') return withUsage(replaceText(second.events, final.text), usage);
    const verdictOnBoth = holds(second.answer);
    if (GatewayError.isInstance(verdictOnBoth)) throw verdictOnBoth;
    return withUsage(withWarning(second.events, verdictOnBoth), usage);
  };
  if (hold !== false) {
    let read: Promise<readonly ChatEvent[]> | undefined;
    return pullStream(async () => {
      if (read !== undefined) return undefined;
      read = readHeld(hold);
      return read;
    }, close);
  }

  /** What stands behind the first answer, whose end is kept back while a second try may still add to it. */
  const readAdded = async (end: ResponseEnd, answer: ChatResult, verdict: Verdict): Promise<readonly ChatEvent[]> => {
    if (verdict.type === 'accept') return [end];
    await current?.close();
    const added = await collect(retry(answer, verdict.instruction)).then(
      ({ events, answer: second }) => ({ events: toolEvents(events), second }),
      // The first answer was whole; a failing second try takes nothing from it.
      () => undefined,
    );
    if (added === undefined || added.events.length === 0) return [end];
    const { finishReason, usage } = added.second;
    return [...added.events, { ...end, finishReason, usage: sumUsage([answer.usage, usage]) }];
  };

  return eventStream((sink) => {
    const collector = new ResultCollector();
    let judging = false;
    let paused = false;
    let wake: () => void = () => undefined;
    const conclude = async (end: ResponseEnd, verdict: Verdict | Promise<Verdict>): Promise<void> => {
      const events = await readAdded(end, collector.finish(), await verdict);
      while (paused) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
      sink.events(events);
      sink.end();
    };
    const flow = begin([]).pipe({
      events(batch) {
        for (const event of batch) collector.push(event);
        const end = batch.at(-1);
        if (end?.type !== 'response-end') {
          sink.events(batch);
          return;
        }
        judging = true;
        const verdict = judge(collector.finish());
        if ('type' in verdict && verdict.type === 'accept') {
          sink.events(batch);
          sink.end();
          return;
        }
        if (batch.length > 1) sink.events(batch.slice(0, -1));
        conclude(end, verdict).catch((error: unknown) => sink.end(error));
      },
      end(error) {
        if (!judging) sink.end(error);
      },
    });
    return {
      pause: () => {
        paused = true;
        flow.pause();
      },
      resume: () => {
        paused = false;
        flow.resume();
        wake();
      },
    };
  }, close);
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

const withWarning = (events: readonly ChatEvent[], warning: ChatWarning): readonly ChatEvent[] =>
  events.map((event) => (event.type === 'response-start' ? withWarnings(event, [...event.warnings, warning]) : event));

/** The calls for the caller: what ran upstream belongs to the answer that is left out. */
function toolEvents(events: readonly ChatEvent[]): readonly ChatEvent[] {
  let own = false;
  return events.filter((event) => {
    if (event.type === 'tool-input-start') own = event.executedBy === 'client';
    return (
      own && (event.type === 'tool-input-start' || event.type === 'tool-input-delta' || event.type === 'tool-input-end')
    );
  });
}
