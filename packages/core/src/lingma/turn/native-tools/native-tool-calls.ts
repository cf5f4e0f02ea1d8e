/**
 * Tool calls the process makes on its own, merged by id from the several messages each comes in (protocol sections
 * 8.5 and 9.4). Calls of tools in the caller's list become the caller's, whole and once; all others stay hidden, or are told
 * of as calls that are nobody's to run.
 */
import { GatewayError, qualifiedNames, type ToolDefinition } from '../../../chat/index.js';
import {
  createId,
  isDeeperThan,
  isJsonObject,
  JsonLimitError,
  type JsonValue,
  parseJson,
  stringifyJson,
} from '../../../util/index.js';
import type { FinishedCall, ReportedResult } from '../answer/block-writer.js';

/** What one message says of a call; later messages add to earlier ones. */
export interface CallSighting {
  readonly id?: string;
  readonly name?: string;
  readonly input?: JsonValue;
  /** The source will say no more about the input: the tool is about to run, or has run. */
  readonly complete: boolean;
  /** The tool has run, or was refused. */
  readonly outcome?: { readonly output: string; readonly isError: boolean };
}

/** Where calls go that are not the caller's; absent: they stay hidden. */
export interface NativeCallReport {
  call(call: FinishedCall): void;
  result(result: ReportedResult): void;
}

interface KnownCall {
  name: string | undefined;
  input: JsonValue | undefined;
  emitted: boolean;
  /** Told of as a call that is not the caller's; `ended` once its result was told as well. */
  reported?: 'begun' | 'ended';
}

/** Calls that are reported in one turn, and characters of each input and output. */
const MAX_REPORTED = 200;
const MAX_REPORTED_TEXT = 4000;

export class NativeCalls {
  readonly #tools: readonly ToolDefinition[];
  readonly #emit: (call: FinishedCall) => void;
  readonly #known = new Map<string, KnownCall>();
  readonly #report: NativeCallReport | undefined;
  #anonymous = 0;
  #reports = 0;

  constructor(tools: readonly ToolDefinition[], emit: (call: FinishedCall) => void, report?: NativeCallReport) {
    this.#tools = tools;
    this.#emit = emit;
    this.#report = report;
  }

  see({ id, name, input, complete, outcome }: CallSighting): void {
    if (this.#tools.length === 0 && this.#report === undefined) return;
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
    if (outcome !== undefined && call.reported === 'begun') {
      call.reported = 'ended';
      const { output, isError } = outcome;
      this.#report?.result({ toolCallId: key, output: output.slice(0, MAX_REPORTED_TEXT), isError });
    }
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
    if (tool === undefined) {
      this.#tell(key, call.name, call);
      return;
    }
    call.emitted = true;
    this.#emit({
      id: key.startsWith('anonymous-') ? createId('call_') : key,
      toolName: tool.name,
      ...(tool.namespace !== undefined && { namespace: tool.namespace }),
      kind: tool.kind,
      input: inputText(tool, call.input),
    });
  }

  #tell(key: string, toolName: string, call: KnownCall): void {
    if (this.#report === undefined || call.reported !== undefined || this.#reports >= MAX_REPORTED) return;
    if (this.#named(toolName).length > 0) return;
    this.#reports++;
    call.reported = 'begun';
    const { input } = call;
    const text = isTooDeep(input) ? '' : typeof input === 'string' ? input : JSON.stringify(input ?? {});
    this.#report.call({ id: key, toolName, kind: 'function', input: text.slice(0, MAX_REPORTED_TEXT) });
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

/** Levels the input of a call may have: as many as a request may (see {@link parseJson}). */
const MAX_INPUT_DEPTH = 128;

/** @throws GatewayError when it is nested too deeply: part of it may be missing, and nobody could encode it */
function inputText(tool: ToolDefinition, input: JsonValue | undefined): string {
  if (isTooDeep(input))
    throw new GatewayError('upstream_protocol', 'Lingma called a tool with input nested too deeply');
  if (tool.kind === 'custom') {
    if (typeof input === 'string') return input;
    const values = isJsonObject(input) ? Object.values(input) : [];
    if (values.length === 1 && typeof values[0] === 'string') return values[0];
  }
  // Some sources send the input as JSON text.
  if (typeof input === 'string') return input;
  return stringifyJson(input ?? {});
}

function isTooDeep(input: JsonValue | undefined): boolean {
  if (typeof input !== 'string') return isDeeperThan(input, MAX_INPUT_DEPTH);
  try {
    parseJson(input, MAX_INPUT_DEPTH);
    return false;
  } catch (error) {
    return error instanceof JsonLimitError;
  }
}
