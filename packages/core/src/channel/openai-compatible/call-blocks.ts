/**
 * Tool calls as they come in pieces → blocks, one after the other. A server may begin the next call before the pieces of the
 * one before have all come: what is for a later one waits then.
 */
import type { ChatEvent, ToolDefinition } from '../../chat/index.js';
import { createId, isJsonObject, type JsonObject, type JsonValue, SurrogateBuffer } from '../../util/index.js';
import { UpstreamFailure } from '../router/upstream.js';
import type { ToolNames } from './tool-names.js';

/** Calls of one answer; more are a server gone wrong. */
const MAX_CALLS = 512;
/** Characters that wait for an earlier call to end, all calls together. */
const MAX_WAITING = 8 * 1024 * 1024;

type Emit = (event: ChatEvent) => void;

interface Call {
  readonly index: number;
  id: string | undefined;
  name: string;
  tool: ToolDefinition | undefined;
  /** What came and was not told yet; of a custom tool's call, all. */
  waiting: string;
  /** All of it, to see whether more can come. Dropped once it has ended. */
  input: string;
  readonly characters: SurrogateBuffer;
  state: 'new' | 'open' | 'ended';
}

export class CallBlocks {
  readonly #names: ToolNames;
  /** In the order in which they began. Bounded by {@link MAX_CALLS}. */
  readonly #calls: Call[] = [];
  #waiting = 0;

  constructor(names: ToolNames) {
    this.#names = names;
  }

  get any(): boolean {
    return this.#calls.length > 0;
  }

  /** @param piece of `tool_calls`, or an older `function_call` */
  push(piece: JsonObject, position: number, emit: Emit): void {
    const call = this.#callOf(piece, position);
    const called = isJsonObject(piece.function) ? piece.function : piece;
    if (call.name === '' && typeof called.name === 'string') {
      call.name = called.name;
      call.tool = this.#names.find(call.name);
    }
    if (call.state === 'ended') return;
    const input = argumentsOf(called.arguments);
    call.waiting += input;
    call.input += input;
    this.#waiting += input.length;
    if (this.#waiting > MAX_WAITING && this.#openCall() !== call) {
      throw new UpstreamFailure('failed', 'upstream_protocol', 'The upstream mixes the pieces of too many tool calls');
    }
    this.#advance(emit);
  }

  /** The answer is over. @param isCut the length limit or a failure cut the last of them */
  end(emit: Emit, isCut: boolean): void {
    for (const call of this.#calls) {
      if (call.state === 'ended' || call.name === '') continue;
      this.#open(call, emit);
      this.#tell(call, emit);
      this.#close(call, emit, isCut && !isWhole(call.input));
    }
  }

  #openCall(): Call | undefined {
    return this.#calls.find(({ state }) => state !== 'ended');
  }

  /** Some servers number calls, some name them each time, some do neither. */
  #callOf({ index, id }: JsonObject, position: number): Call {
    const named = typeof id === 'string' && id !== '' ? id : undefined;
    const last = this.#calls.at(-1);
    let found: Call | undefined;
    if (typeof index === 'number') {
      found = this.#calls.findLast((call) => call.index === index);
      // Servers that number each call 0 tell them apart by their ids.
      if (found?.id !== undefined && named !== undefined && found.id !== named) {
        found = this.#calls.find((call) => call.id === named);
      }
    } else if (named !== undefined) found = this.#calls.find((call) => call.id === named);
    else found = last;
    if (found !== undefined) {
      found.id ??= named;
      return found;
    }
    if (this.#calls.length >= MAX_CALLS) {
      throw new UpstreamFailure('failed', 'upstream_protocol', `The upstream made more than ${MAX_CALLS} tool calls`);
    }
    const call: Call = {
      index: typeof index === 'number' ? index : position,
      id: named,
      name: '',
      tool: undefined,
      waiting: '',
      input: '',
      characters: new SurrogateBuffer(),
      state: 'new',
    };
    this.#calls.push(call);
    return call;
  }

  /** Tells what the first call that has not ended may tell; the next begins when nothing more can come of it. */
  #advance(emit: Emit): void {
    for (let at = 0; at < this.#calls.length; at++) {
      const call = this.#calls[at] as Call;
      if (call.state === 'ended') continue;
      if (call.name === '') return;
      this.#open(call, emit);
      if (call.tool?.kind !== 'custom') this.#tell(call, emit);
      if (at === this.#calls.length - 1 || !isWhole(call.input)) return;
      this.#tell(call, emit);
      this.#close(call, emit, false);
    }
  }

  #open(call: Call, emit: Emit): void {
    if (call.state !== 'new') return;
    call.state = 'open';
    call.id ??= createId('call_');
    const { tool } = call;
    emit({
      type: 'tool-input-start',
      id: call.id,
      toolName: tool?.name ?? call.name,
      ...(tool?.namespace !== undefined && { namespace: tool.namespace }),
      kind: tool?.kind ?? 'function',
      executedBy: 'client',
    });
  }

  #tell(call: Call, emit: Emit): void {
    const delta = call.characters.push(call.tool?.kind === 'custom' ? customInput(call.input) : call.waiting);
    this.#waiting -= call.waiting.length;
    call.waiting = '';
    if (delta !== '') emit({ type: 'tool-input-delta', id: call.id as string, delta });
  }

  #close(call: Call, emit: Emit, incomplete: boolean): void {
    const id = call.id as string;
    const rest = call.characters.end();
    if (rest !== '') emit({ type: 'tool-input-delta', id, delta: rest });
    // A call without arguments is one with none of them.
    if (call.input.trim() === '' && call.tool?.kind !== 'custom' && !incomplete) {
      emit({ type: 'tool-input-delta', id, delta: '{}' });
    }
    emit({ type: 'tool-input-end', id, ...(incomplete && { incomplete: true as const }) });
    call.state = 'ended';
    call.input = '';
  }
}

/** Some servers send the object itself. */
function argumentsOf(value: JsonValue | undefined): string {
  if (typeof value === 'string') return value;
  return value === undefined || value === null ? '' : JSON.stringify(value);
}

function isWhole(input: string): boolean {
  const text = input.trim();
  if (text === '') return true;
  if (!text.endsWith('}')) return false;
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** The member that stands for free text; what is no such object is taken at its word. */
function customInput(input: string): string {
  try {
    const value = JSON.parse(input) as JsonValue;
    if (isJsonObject(value) && typeof value.input === 'string') return value.input;
  } catch {
    // As it is, then.
  }
  return input;
}
