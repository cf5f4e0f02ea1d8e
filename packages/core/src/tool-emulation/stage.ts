/**
 * The stage that turns calls in the text of an answer into tool-input blocks. Everything else passes through; Lingma's
 * own tool events are counted, so that a call announced twice is passed on once.
 *
 * Over 250 lines: one state machine, whose cases are only clear side by side.
 */
import {
  type ChatEvent,
  chosenTool,
  type EmitEvent,
  type EventStage,
  estimatingCounter,
  type ResponseEnd,
  type TokenCounter,
  type ToolChoice,
  type ToolDefinition,
  type ToolInputStart,
  UsageMeter,
} from '../chat/index.js';
import { type AcceptedCall, acceptCall } from './call/accept-call.js';
import { createCallId } from './call/call-id.js';
import { EchoedCalls } from './call/echoed-calls.js';
import { SeenCalls } from './call/seen-calls.js';
import { createToolIndex } from './call/tool-index.js';
import { hasArgument, type PartialCall } from './scanner/partial-call.js';
import type { ScanSink } from './scanner/scan-sink.js';
import { ToolScanner } from './scanner/tool-scanner.js';

export interface ToolEmulationOptions {
  /** What the model may call. Without tools, or with choice `none`, events pass untouched. */
  readonly tools: readonly ToolDefinition[];
  /** Default `auto`. A forced choice accepts a bare JSON object too; `tool` accepts that tool alone. */
  readonly toolChoice?: ToolChoice;
  /** Default true. False: the turn ends with the first call. */
  readonly parallelToolCalls?: boolean;
  /** Default `call_`. */
  readonly idPrefix?: string;
  /** Counts the usage of a turn that ends early. Default: the estimator. */
  readonly counter?: TokenCounter;
  /** Default: {@link createCallId}. */
  readonly createId?: (prefix: string) => string;
  /** What the model was shown and nobody asked for: tool results, documents. A call that only repeats one in it is text. A function is asked at the first call. */
  readonly shown?: readonly string[] | (() => readonly string[]);
  /** Called when something that the model wrote reaches nobody: a repeated call, one too many, what stands behind the last. */
  readonly onLeftOut?: () => void;
}

export function createToolEmulationStage(options: ToolEmulationOptions): EventStage {
  const choice = options.toolChoice ?? { type: 'auto' };
  if (choice.type === 'none' || options.tools.length === 0) return { push: (event, emit) => emit(event) };
  return new ToolEmulationStage(options, choice);
}

class ToolEmulationStage implements EventStage {
  readonly #options: ToolEmulationOptions;
  readonly #choice: ToolChoice;
  readonly #seen = new SeenCalls();
  readonly #echoes: EchoedCalls;
  #scanner: ToolScanner;
  #emit: EmitEvent = () => undefined;
  #done = false;
  #ended = false;
  /** The upstream's text block: its id, how many of ours it became, and ours that is open. */
  #textId = 'text';
  #textCount = 0;
  #openText: string | undefined;
  /** The upstream's text ended; whether ours goes on is clear with the next event. */
  #isTextPending = false;
  #native: { readonly start: ToolInputStart; readonly parts: string[] } | undefined;
  #mustEnd = false;
  /** The end waits for the scanner. */
  #pendingEnd: ResponseEnd | undefined;
  /** Counts what the model wrote, calls as they stood in its text. */
  readonly #meter: UsageMeter;

  constructor(options: ToolEmulationOptions, choice: ToolChoice) {
    this.#options = options;
    this.#choice = choice;
    this.#echoes = new EchoedCalls(options.shown ?? []);
    this.#meter = new UsageMeter(options.counter ?? estimatingCounter);
    this.#scanner = this.#createScanner();
  }

  get done(): boolean {
    return this.#done;
  }

  get busy(): boolean {
    return this.#scanner.busy;
  }

  proceed(emit: EmitEvent, isOver?: () => boolean): void {
    this.#emit = emit;
    this.#scanner.proceed(isOver);
    this.#settleScan();
  }

  push(event: ChatEvent, emit: EmitEvent, isOver?: () => boolean): void {
    if (this.busy) this.proceed(emit);
    if (this.#ended) return;
    this.#emit = emit;
    this.#meter.push(event);
    switch (event.type) {
      case 'text-delta':
        this.#scanner.push(event.delta, isOver);
        this.#settleScan();
        return;
      case 'text-start':
        this.#isTextPending = false;
        // Several text blocks of the upstream are one text to the scanner.
        if (this.#openText === undefined) {
          this.#textId = event.id;
          this.#textCount = 0;
        }
        return;
      case 'text-end':
        if (event.retracted === true) this.#retract();
        else this.#isTextPending = true;
        return;
      case 'response-start':
        emit(event);
        return;
      case 'response-end':
        this.#pendingEnd = event;
        this.#scanner.end(event.finishReason === 'length', isOver);
        this.#settleScan();
        return;
      case 'reasoning-start':
      case 'tool-input-start':
      case 'tool-result':
        this.#settleText();
        if (!this.#mustEnd) this.#passNative(event);
        if (this.#mustEnd) this.#endEarly();
        return;
      default:
        this.#passNative(event);
        if (this.#mustEnd) this.#endEarly();
    }
  }

  flush(emit: EmitEvent): void {
    if (this.#ended) return;
    this.#emit = emit;
    this.#pendingEnd = undefined;
    this.#scanner.release();
  }

  #createScanner(): ToolScanner {
    const sink: ScanSink = {
      text: (text) => this.#text(text),
      call: (call) => this.#call(call),
      partial: (call) => this.#partial(call),
      invented: () => {
        this.#mustEnd = true;
        this.#options.onLeftOut?.();
      },
    };
    return new ToolScanner(createToolIndex(this.#options.tools, this.#choice), sink, (block) =>
      this.#echoes.has(block),
    );
  }

  #text(text: string): void {
    if (this.#mustEnd) {
      if (text.trim() !== '') this.#options.onLeftOut?.();
      return;
    }
    let id = this.#openText;
    if (id === undefined) {
      id = this.#textCount === 0 ? this.#textId : `${this.#textId}.${this.#textCount}`;
      this.#textCount++;
      this.#openText = id;
      this.#emit({ type: 'text-start', id });
    }
    this.#emit({ type: 'text-delta', id, delta: text });
  }

  #closeText(): void {
    if (this.#openText === undefined) return;
    this.#emit({ type: 'text-end', id: this.#openText });
    this.#openText = undefined;
  }

  #call({ tool, input }: AcceptedCall): void {
    if (this.#mustEnd || !this.#seen.add(tool.name, tool.namespace, input)) {
      this.#options.onLeftOut?.();
      return;
    }
    this.#emitCall(tool, input, false);
    if (this.#options.parallelToolCalls === false) {
      this.#mustEnd = true;
      this.#scanner.stop();
    }
  }

  #partial({ tool, input }: PartialCall): void {
    this.#options.onLeftOut?.();
    if (this.#mustEnd) return;
    // Of a call without any argument some clients make one with none, and run it.
    if (hasArgument(input)) this.#emitCall(tool, input, true);
  }

  #emitCall(tool: ToolDefinition, input: string, isIncomplete: boolean): void {
    this.#closeText();
    const prefix = this.#options.idPrefix ?? 'call_';
    const id = (this.#options.createId ?? createCallId)(prefix);
    const { name: toolName, namespace, kind } = tool;
    this.#emit({
      type: 'tool-input-start',
      id,
      toolName,
      ...(namespace !== undefined && { namespace }),
      kind,
      executedBy: 'client',
    });
    if (input !== '') this.#emit({ type: 'tool-input-delta', id, delta: input });
    this.#emit({ type: 'tool-input-end', id, ...(isIncomplete && { incomplete: true as const }) });
  }

  /** Another block begins: what the text held is decided now, and later text is a text of its own. */
  #settleText(): void {
    if (!this.#isTextPending) return;
    this.#isTextPending = false;
    this.#scanner.end(false);
    this.#closeText();
    this.#scanner = this.#createScanner();
  }

  #retract(): void {
    this.#scanner.restart();
    if (this.#openText !== undefined) this.#emit({ type: 'text-end', id: this.#openText, retracted: true });
    this.#openText = undefined;
  }

  /** Tool events of the upstream itself: a call the text announced already is left out. */
  #passNative(event: ChatEvent): void {
    switch (event.type) {
      case 'tool-input-start':
        if (event.executedBy === 'upstream') break;
        this.#native = { start: event, parts: [] };
        return;
      case 'tool-input-delta':
        if (this.#native === undefined) break;
        this.#native.parts.push(event.delta);
        return;
      case 'tool-input-end': {
        const native = this.#native;
        if (native === undefined) break;
        this.#native = undefined;
        const { start, parts } = native;
        const input = this.#nativeInput(start, parts.join(''), event.incomplete === true);
        if (input === undefined || (event.incomplete === true && !hasArgument(input))) return;
        if (!this.#seen.add(start.toolName, start.namespace, input)) return;
        this.#emit(start);
        if (input !== '') this.#emit({ type: 'tool-input-delta', id: start.id, delta: input });
        this.#emit(event);
        if (this.#options.parallelToolCalls === false) this.#mustEnd = true;
        return;
      }
    }
    this.#emit(event);
  }

  /** Held to the same rules as a call in the text; `undefined`: none the caller could run, or not the one demanded. */
  #nativeInput({ toolName, namespace }: ToolInputStart, input: string, isCut: boolean): string | undefined {
    const tool = this.#options.tools.find((one) => one.name === toolName && one.namespace === namespace);
    const only = chosenTool(this.#options.tools, this.#choice);
    if (only !== undefined && tool !== only) return undefined;
    return tool === undefined || isCut ? input : acceptCall(tool, input)?.input;
  }

  /** What is to be done once the scanner has looked at all it was given. */
  #settleScan(): void {
    if (this.#scanner.busy) return;
    if (this.#pendingEnd !== undefined) this.#end(this.#pendingEnd);
    else if (this.#mustEnd) this.#endEarly();
  }

  #end(event: ResponseEnd): void {
    this.#closeText();
    this.#emit(event);
    this.#ended = true;
  }

  /** Nothing after this counts: the turn ends here, and the upstream with it. */
  #endEarly(): void {
    this.#options.onLeftOut?.();
    this.#closeText();
    this.#emit({ type: 'response-end', finishReason: 'stop', usage: this.#meter.usage() });
    this.#ended = true;
    this.#done = true;
  }
}
