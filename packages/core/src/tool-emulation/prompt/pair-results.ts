/**
 * Which result answers which call. Clients send them in any order and shape: all at once or split over turns, before or
 * behind the text, sometimes twice; and some begin to count their ids anew in every turn.
 */
import type { ChatMessage, MediaPart, TextPart, ToolCallPart, ToolResultPart } from '../../chat/index.js';

export interface PairedResult {
  readonly output: readonly (TextPart | MediaPart)[];
  readonly isError: boolean;
}

export interface PairedResults {
  readonly results: ReadonlyMap<ToolCallPart, PairedResult>;
  /** Results whose id no call has. */
  readonly orphans: readonly ToolResultPart[];
}

/** The calls and results of one id, in the order of the conversation. */
interface Thread {
  readonly calls: ToolCallPart[];
  /** The group of the last call, and its calls without a result. */
  group: number;
  open: ToolCallPart[];
  /** Calls of earlier groups without a result. */
  readonly left: ToolCallPart[];
  /** Results that came before any call they could answer. */
  readonly early: ToolResultPart[];
  readonly taken: Map<ToolCallPart, ToolResultPart[]>;
}

/**
 * A result answers the first open call of the newest group that made it, else an older open one. Results that came
 * before their call answer what is open at the end. A further result of an answered call adds to it, unless it says the
 * same.
 */
export function pairResults(messages: readonly ChatMessage[]): PairedResults {
  const threads = new Map<string, Thread>();
  const threadOf = (id: string): Thread => {
    let thread = threads.get(id);
    if (thread === undefined) {
      thread = { calls: [], group: -1, open: [], left: [], early: [], taken: new Map() };
      threads.set(id, thread);
    }
    return thread;
  };
  // A group: the calls made before anything else happens.
  let group = 0;
  for (const message of messages) {
    if (message.role === 'assistant') {
      for (const part of message.content) {
        if (part.type === 'tool-call') addCall(threadOf(part.toolCallId), part, group);
      }
      continue;
    }
    group++;
    if (message.role !== 'tool') continue;
    for (const result of message.content) addResult(threadOf(result.toolCallId), result);
  }
  return collect(threads.values());
}

function addCall(thread: Thread, call: ToolCallPart, group: number): void {
  thread.calls.push(call);
  if (thread.group !== group) {
    thread.left.push(...thread.open);
    thread.open = [];
    thread.group = group;
  }
  thread.open.push(call);
}

function addResult(thread: Thread, result: ToolResultPart): void {
  const call = thread.open.shift() ?? thread.left.pop() ?? thread.calls.at(-1);
  if (call === undefined) thread.early.push(result);
  else give(thread, call, result);
}

function give({ taken }: Thread, call: ToolCallPart, result: ToolResultPart): void {
  const found = taken.get(call);
  if (found === undefined) taken.set(call, [result]);
  else found.push(result);
}

function collect(threads: Iterable<Thread>): PairedResults {
  const results = new Map<ToolCallPart, PairedResult>();
  const orphans: ToolResultPart[] = [];
  for (const thread of threads) {
    const { calls, early, taken } = thread;
    const open = calls.filter((call) => !taken.has(call));
    for (const [index, result] of early.entries()) {
      const call = open[Math.min(index, open.length - 1)] ?? calls[0];
      if (call === undefined) orphans.push(result);
      else give(thread, call, result);
    }
    for (const [call, found] of taken) results.set(call, merge(found));
  }
  return { results, orphans };
}

function merge(found: readonly ToolResultPart[]): PairedResult {
  const [first] = found;
  if (found.length === 1 && first !== undefined) return first;
  const different = new Map(found.map((result) => [JSON.stringify(result.output), result]));
  return {
    output: [...different.values()].flatMap(({ output }) => output),
    isError: found.at(-1)?.isError === true,
  };
}
