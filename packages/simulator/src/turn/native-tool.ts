import { randomBytes } from 'node:crypto';
import type { ToolCall } from '../dialect/tool-format.js';
import { isJsonObject, type JsonObject, stringMember } from '../json-object.js';
import type { Lingma } from '../process/process-state.js';
import type { Turn } from './turn.js';

/** How a native tool ended (protocol sections 9.1 and 9.2). */
export type NativeToolOutcome =
  | { readonly kind: 'finished'; readonly result: JsonObject }
  | { readonly kind: 'failed'; readonly message: string }
  | { readonly kind: 'rejected' };

/** What a dialect shows of a native tool on its way. */
export interface NativeToolStages {
  /** Runs first. False rejects the call. */
  readonly ask?: (approval: Promise<boolean>, timeout: Promise<boolean>) => Promise<boolean>;
  /** Just before `tool/invoke`. */
  readonly running: () => void;
}

/** An id like those of the process. */
export function newToolCallId(): string {
  return `call_${randomBytes(8).toString('hex')}`;
}

/** Beyond this size a tool's result is not kept for the session's history. */
const MAX_KEPT_RESULT_CHARS = 64 * 1024;
/** Calls a session tells of. */
const MAX_KEPT_CALLS = 1000;

/** Puts a call into the history of its session. */
export function keepToolCall(
  turn: Turn,
  toolCallId: string,
  call: ToolCall,
  outcome: NativeToolOutcome,
  toolCallStatus: string,
): void {
  const { toolCalls } = turn.session;
  toolCalls.push({ toolCallId, toolName: call.name, toolCallStatus });
  if (toolCalls.length > MAX_KEPT_CALLS) toolCalls.shift();
  const fits = outcome.kind === 'finished' && JSON.stringify(outcome.result).length <= MAX_KEPT_RESULT_CHARS;
  turn.record.toolCalls.push({
    ...{ toolCallId, name: call.name, parameters: toolParameters(call), finished: outcome.kind === 'finished' },
    results: fits ? [outcome.result] : [],
  });
}

/** Parameters as an object: free-form text becomes the member `input`. */
export function toolParameters(call: ToolCall): JsonObject {
  return typeof call.input === 'string' ? { input: call.input } : call.input;
}

/** Has the client run a tool and waits for what it says; a rejection ends the wait at any time. */
export async function runNativeTool(
  lingma: Lingma,
  turn: Turn,
  toolCallId: string,
  call: ToolCall,
  stages: NativeToolStages,
): Promise<NativeToolOutcome> {
  const ticket = lingma.tools.open(toolCallId);
  const { toolTimeoutMs, toolInvokeAsync } = lingma.switches;
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), toolTimeoutMs);
  });
  try {
    if (stages.ask !== undefined && !(await turn.until(stages.ask(ticket.approval, timeout))))
      return { kind: 'rejected' };
    stages.running();
    const params = {
      ...{ requestId: turn.requestId, sessionId: turn.session.id, toolCallId, name: call.name },
      ...{ parameters: toolParameters(call), async: toolInvokeAsync },
    };
    const reply = turn.client.request('tool/invoke', params, toolTimeoutMs).then((answer) => {
      if (answer.kind === 'error') return failed(answer.message);
      if (answer.kind !== 'result') return failed('tool invoke timeout');
      // With async:true the reply only says that the call has arrived.
      return toolInvokeAsync ? new Promise<never>(() => undefined) : outcomeOf(answer.result);
    });
    const rejected = ticket.approval.then((approval): NativeToolOutcome | Promise<never> =>
      approval ? new Promise<never>(() => undefined) : { kind: 'rejected' },
    );
    const timedOut = timeout.then(() => failed('tool invoke timeout'));
    return await turn.until(Promise.race([reply, ticket.result.then(outcomeOf), rejected, timedOut]));
  } finally {
    clearTimeout(timer);
    ticket.close();
  }
}

const failed = (message: string): NativeToolOutcome => ({ kind: 'failed', message });

/** A tool result says `success`; an empty answer is no result. */
function outcomeOf(value: unknown): NativeToolOutcome {
  if (!isJsonObject(value)) return failed('empty tool result');
  if (value.success !== true) return failed(stringMember(value, 'errorMessage') || 'tool failed');
  return { kind: 'finished', result: isJsonObject(value.result) ? value.result : {} };
}
