/**
 * Tool calls the process makes on its own, merged by id from the several messages each comes in (protocol sections
 * 8.5 and 9.4). Calls of tools in the caller's list become the caller's, whole and once; all others stay hidden.
 */
import { qualifiedNames, type ToolDefinition } from '../../chat/index.js';
import { createId, isJsonObject, type JsonValue, stringifyJson } from '../../util/index.js';
import type { FinishedCall } from './answer-writer.js';

/** What one message says of a call; later messages add to earlier ones. */
export interface CallSighting {
  readonly id?: string;
  readonly name?: string;
  readonly input?: JsonValue;
  /** The source will say no more about the input: the tool is about to run, or has run. */
  readonly complete: boolean;
}

interface KnownCall {
  name: string | undefined;
  input: JsonValue | undefined;
  emitted: boolean;
}

export class NativeCalls {
  readonly #tools: readonly ToolDefinition[];
  readonly #emit: (call: FinishedCall) => void;
  readonly #known = new Map<string, KnownCall>();
  #anonymous = 0;

  constructor(tools: readonly ToolDefinition[], emit: (call: FinishedCall) => void) {
    this.#tools = tools;
    this.#emit = emit;
  }

  see({ id, name, input, complete }: CallSighting): void {
    if (this.#tools.length === 0) return;
    const key = id ?? `anonymous-${++this.#anonymous}`;
    let call = this.#known.get(key);
    if (call === undefined) {
      call = { name: undefined, input: undefined, emitted: false };
      this.#known.set(key, call);
    }
    // A later title describes the call ("touch a.txt"); the name is what is in the list.
    if (name !== undefined && name !== '' && (call.name === undefined || this.#find(call.name) === undefined)) {
      call.name = name;
    }
    if (hasContent(input) || call.input === undefined) call.input = input;
    if (complete) this.#finish(key, call);
  }

  /**
   * Whether a call may be one of the caller's, by its name or by what was seen of it. `unnamed` decides where no name is
   * known: whether it could be a tool of this name.
   */
  mayBeCallers(id: string, name: string | undefined, unnamed: (toolName: string) => boolean): boolean {
    const names = [name, this.#known.get(id)?.name].filter((each) => each !== undefined && each !== '');
    if (names.length === 0) return this.#tools.some((tool) => unnamed(tool.name));
    return names.some((each) => each !== undefined && this.#named(each).length > 0);
  }

  /** The turn is over or the text goes on: what was seen is all there is. */
  flush(): void {
    for (const [key, call] of this.#known) this.#finish(key, call);
  }

  #finish(key: string, call: KnownCall): void {
    if (call.emitted || call.name === undefined) return;
    const tool = this.#find(call.name);
    if (tool === undefined) return;
    call.emitted = true;
    this.#emit({
      id: key.startsWith('anonymous-') ? createId('call_') : key,
      toolName: tool.name,
      ...(tool.namespace !== undefined && { namespace: tool.namespace }),
      kind: tool.kind,
      input: inputText(tool, call.input),
    });
  }

  /** `undefined`: no such tool, or several that share the name. */
  #find(name: string): ToolDefinition | undefined {
    const exact = this.#tools.find((tool) => tool.namespace === undefined && tool.name === name);
    if (exact !== undefined) return exact;
    const named = this.#named(name);
    return named.length === 1 ? named[0] : undefined;
  }

  #named(name: string): readonly ToolDefinition[] {
    const folded = name.toLowerCase();
    const isMeant = (own: string): boolean => own.toLowerCase() === folded;
    return this.#tools.filter((tool) => isMeant(tool.name) || qualifiedNames(tool).some(isMeant));
  }
}

function hasContent(input: JsonValue | undefined): boolean {
  return isJsonObject(input) ? Object.keys(input).length > 0 : input !== undefined && input !== null;
}

function inputText(tool: ToolDefinition, input: JsonValue | undefined): string {
  if (tool.kind === 'custom') {
    if (typeof input === 'string') return input;
    const values = isJsonObject(input) ? Object.values(input) : [];
    if (values.length === 1 && typeof values[0] === 'string') return values[0];
  }
  // Some sources send the input as JSON text.
  if (typeof input === 'string') return input;
  return stringifyJson(input ?? {});
}
