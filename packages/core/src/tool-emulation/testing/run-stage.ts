/** Runs an answer through the stage, whole or in pieces, and writes down what a client would see. */
import { type ChatEvent, settleFinish } from '../../chat/index.js';
import { createToolEmulationStage } from '../stage.js';
import type { ExpectedOutput } from './outputs/expected-output.js';
import { TOOLS } from './tools.js';

export interface SeenAnswer {
  readonly text: string;
  /** `name` or `namespace.name` and the input; functions' parsed. */
  readonly calls: readonly (readonly [name: string, input: unknown])[];
  /** Names of the calls that were cut. */
  readonly incomplete: readonly string[];
  /** Text and calls in their order. */
  readonly order: string;
  readonly finishReason: string | undefined;
}

const ALWAYS = (): boolean => true;

/** @throws when the events break the grammar of blocks */
export function runStage(
  pieces: Iterable<string>,
  expected: Pick<ExpectedOutput, 'tools' | 'choice' | 'parallel' | 'isCut'>,
  { inSlices = false } = {},
): SeenAnswer {
  const seen = new SeenEvents();
  const settle = settleFinish();
  const stage = createToolEmulationStage({
    tools: expected.tools ?? TOOLS,
    parallelToolCalls: expected.parallel ?? true,
    ...(expected.choice !== undefined && { toolChoice: expected.choice }),
  });
  const push = (event: ChatEvent): void => {
    if (stage.done === true) return;
    const emit = (out: ChatEvent): void => seen.add(settle(out));
    stage.push(event, emit, inSlices ? ALWAYS : undefined);
    // Each look at the clock finds the time over.
    while (stage.busy === true) stage.proceed?.(emit, ALWAYS);
  };
  push({ type: 'response-start', responseId: 'r', model: 'm', createdAt: 0, warnings: [] });
  push({ type: 'text-start', id: 't' });
  for (const delta of pieces) if (delta !== '') push({ type: 'text-delta', id: 't', delta });
  push({ type: 'text-end', id: 't' });
  const usage = { inputTokens: 1, outputTokens: 1, origin: 'estimated' } as const;
  push({ type: 'response-end', finishReason: expected.isCut === true ? 'length' : 'stop', usage });
  return seen;
}

class SeenEvents implements SeenAnswer {
  text = '';
  readonly calls: [string, unknown][] = [];
  readonly incomplete: string[] = [];
  order = '';
  finishReason: string | undefined;
  readonly #ids = new Set<string>();
  #open: string | undefined;
  #call: Extract<ChatEvent, { type: 'tool-input-start' }> | undefined;
  #input = '';

  add(event: ChatEvent): void {
    if (this.finishReason !== undefined) throw new Error(`${event.type} after the end`);
    switch (event.type) {
      case 'text-start':
      case 'tool-input-start':
        if (this.#open !== undefined || this.#ids.has(event.id)) throw new Error(`block ${event.id} overlaps`);
        this.#open = event.id;
        this.#ids.add(event.id);
        this.#call = event.type === 'tool-input-start' ? event : undefined;
        this.#input = '';
        return;
      case 'text-delta':
      case 'tool-input-delta':
        if (this.#open !== event.id || event.delta === '') throw new Error(`stray delta of ${event.id}`);
        if (event.type === 'tool-input-delta') this.#input += event.delta;
        else {
          this.text += event.delta;
          this.order += event.delta;
        }
        return;
      case 'text-end':
        this.#open = undefined;
        return;
      case 'tool-input-end':
        this.#open = undefined;
        this.#endCall(event.incomplete === true);
        return;
      case 'response-end':
        if (this.#open !== undefined) throw new Error(`block ${this.#open} is open at the end`);
        this.finishReason = event.finishReason;
    }
  }

  #endCall(isIncomplete: boolean): void {
    const call = this.#call;
    if (call === undefined) throw new Error('an end without a start');
    const name = call.namespace === undefined ? call.toolName : `${call.namespace}.${call.toolName}`;
    this.order += `<${name} ${this.#input}>`;
    if (isIncomplete) this.incomplete.push(name);
    else this.calls.push([name, call.kind === 'custom' ? this.#input : JSON.parse(this.#input)]);
  }
}
