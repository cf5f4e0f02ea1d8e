/**
 * One running turn, the same for both dialects: deadlines, abort, stop, the end, and the way from decoded pieces to
 * events. What is asked and how messages are read stands in the dialect's {@link TurnPort}.
 * Over 250 lines: one state machine (running, stopping, over) that every way to end has to go through.
 */
import {
  type CallContext,
  type ChatWarning,
  countedStart,
  eventStream,
  type FinishReason,
  GatewayError,
} from '../../chat/index.js';
import { type Clock, systemClock } from '../../util/index.js';
import { CallCancellation } from '../jsonrpc/call-cancellation.js';
import type { IncomingMessage, JsonRpcPeer } from '../jsonrpc/peer.js';
import { connectionLost, toTurnError } from '../protocol/errors.js';
import { emptyAnswer, judgeEnd, type TurnEnd } from '../protocol/turn-end.js';
import { unknownSession } from '../protocol/unknown-session.js';
import { AnswerDecoder } from './answer/answer-decoder.js';
import type { FinishedCall } from './answer/block-writer.js';
import type { ToolCard } from './answer/native-markup.js';
import { turnRouter } from './connection-turns.js';
import { EventQueue } from './event-queue.js';
import { type NativeCallReport, NativeCalls } from './native-tools/native-tool-calls.js';
import { NativeToolRun } from './native-tools/native-tool-run.js';
import type { DialectOutcome, DialectTurn, RunningTurn } from './turn-contract.js';
import { TurnTimeouts } from './turn-timeouts.js';
import { UsageReport } from './usage-report.js';

/** Why the calls of a turn end with it. One for all: the stack of an error made at every end would be thrown away. */
const TURN_OVER = new GatewayError('client_closed', 'The turn is over');

/** What a dialect brings to a turn. */
export interface TurnPort {
  /** Sends the question. A throw or rejection ends the turn. */
  ask(run: Turn): void | Promise<void>;
  /** Takes a message of this turn. The turn comes first, so that it can be bound and the router calls this itself. */
  receive(run: Turn, message: IncomingMessage): void;
  /** Asks the process to stop; its end is then reported with {@link Turn.finish} as usual. */
  sendStop(run: Turn): void;
  /** The stream fell silent after some text: whether the process says that the turn is complete. */
  confirmEnd?(run: Turn): Promise<boolean>;
  onToolCard?(card: ToolCard, run: Turn): void;
  /** The turn is over: frees what the dialect took for it. */
  release?(): void;
}

export interface TurnOptions {
  readonly peer: JsonRpcPeer;
  readonly turn: DialectTurn;
  readonly context: CallContext;
  /** The id the process knows this turn by. */
  readonly requestId: string;
  readonly port: TurnPort;
  readonly clock?: Clock;
}

export class Turn {
  readonly requestId: string;
  readonly turn: DialectTurn;
  readonly context: CallContext;
  readonly usage: UsageReport;
  readonly calls: NativeCalls;
  /** Absent: the operator has not switched it on. */
  readonly nativeTools: NativeToolRun | undefined;
  /** For calls that belong to this turn: aborts when the turn is over, so that none waits for ever. */
  readonly ending = new CallCancellation();
  /** Set once the question is on its way; before that there is nothing to stop. */
  asked = false;
  /** A tool or a permission was refused, after which agents may call the turn cancelled. */
  refused = false;
  #filtered = false;
  #warnings: readonly ChatWarning[];
  #state: 'running' | 'stopping' | 'over' = 'running';
  readonly #peer: JsonRpcPeer;
  readonly #port: TurnPort;
  readonly #clock: Clock;
  readonly #queue: EventQueue;
  readonly answer: AnswerDecoder;
  /** A message of this turn, from the router. Throws what reading it throws. */
  readonly read: (message: IncomingMessage) => void;
  #callController: AbortController | undefined;
  readonly #cleanups: (() => void)[] = [];
  readonly #outcome: Promise<DialectOutcome>;
  #settleOutcome: (outcome: DialectOutcome) => void = () => undefined;
  #over: DialectOutcome | undefined;
  /** `''` until the process names one. A field, since every message asks for it; {@link nameSession} sets it. */
  sessionId: string;
  #clocks: TurnTimeouts | undefined;

  constructor({ peer, turn, context, requestId, port, clock = systemClock }: TurnOptions) {
    this.requestId = requestId;
    this.turn = turn;
    const usage = new UsageReport(turn.tokens);
    this.usage = usage;
    this.#peer = peer;
    this.context = context;
    this.#port = port;
    this.read = port.receive.bind(port, this);
    this.#clock = clock;
    this.sessionId = turn.sessionId;
    this.#warnings = turn.warnings ?? [];
    const { nativeToolRunner: runner, cwd, shellType } = turn;
    this.nativeTools = runner && new NativeToolRun({ runner, cwd, shellType, logger: context.logger, clock });
    this.#outcome = new Promise((resolve) => {
      this.#settleOutcome = resolve;
    });
    this.#queue = new EventQueue({
      onOverflow: () => this.fail(new GatewayError('upstream_error', 'The answer was not read and grew too large')),
      onProgress: () => this.#clocks?.answered(),
      onTaken: () => this.#clocks?.caughtUp(),
      ...(turn.sharesConnection !== true && { peer }),
    });
    this.answer = new AnswerDecoder({
      emit: this.#queue.push,
      // Counted when somebody wants to know: where the process reports usage and no client asks for it, nobody does.
      start: () =>
        countedStart({
          responseId: requestId,
          model: turn.modelKey ?? 'lingma',
          createdAt: clock.now(),
          warnings: this.#warnings,
          countInput: () => usage.estimatedInput,
        }),
      onToolCard: (card) => port.onToolCard?.(card, this),
      onTextAfterCall: () => this.#endWithCalls(),
    });
    const onCall = (call: FinishedCall): void => {
      this.answer.call(call);
      if (this.#state === 'running') this.#clocks?.gather();
    };
    const report: NativeCallReport = {
      call: (call) => this.answer.report(call),
      result: (reported) => this.answer.reportResult(reported),
    };
    this.calls = new NativeCalls(turn.callerTools ?? [], onCall, turn.reportNativeTools === true ? report : undefined);
  }

  /** {@link ending} for whatever takes only an `AbortSignal`: made when asked for. */
  get signal(): AbortSignal {
    if (this.#callController === undefined) {
      this.#callController = new AbortController();
      if (this.#state === 'over') this.#callController.abort(TURN_OVER);
    }
    return this.#callController.signal;
  }

  get running(): boolean {
    return this.#state === 'running';
  }

  /** Whether any text, thought or call came. */
  get hasOutput(): boolean {
    return this.answer.hasContent;
  }

  start(): RunningTurn {
    const { signal } = this.context;
    if (signal.aborted) {
      this.#queue.fail(signal.reason);
      this.#settle(false);
    } else {
      this.#begin(signal);
    }
    return {
      outcome: this.#outcome,
      ended: () => this.#over,
      events: eventStream(
        (sink) => this.#queue.start(sink),
        async () => {
          this.#queue.discard();
          this.#stop();
        },
      ),
    };
  }

  #begin(signal: AbortSignal): void {
    const onAbort = (): void => this.fail(signal.reason);
    signal.addEventListener('abort', onAbort, { once: true });
    this.#cleanups.push(() => signal.removeEventListener('abort', onAbort), turnRouter(this.#peer).enter(this));
    this.#clocks = new TurnTimeouts({
      deadlines: this.turn.deadlines,
      clock: this.#clock,
      // It may be the reader who is slow, or a tool of ours, and not the process.
      excused: () => this.#queue.held || this.nativeTools?.busy === true,
      confirmEnd: () => this.#port.confirmEnd?.(this),
      onComplete: () => this.finish({ type: 'finish', reason: 'stop' }),
      onExpired: (error) => this.fail(error),
      onGathered: () => this.#guarded(() => this.#endWithCalls()),
      onNotStopped: () => this.#settle(false),
    });
    // Last, because on a dead connection it calls back at once.
    this.#cleanups.push(this.#peer.onClose((error) => this.#ended(connectionLost(error))));
    if (!this.running) return;
    try {
      const asking = this.#port.ask(this);
      if (asking !== undefined) asking.catch((error: unknown) => this.fail(error));
    } catch (error) {
      this.fail(error);
    }
  }

  /** As {@link read}, for whoever hands it a message beside the router. */
  receive(message: IncomingMessage): void {
    this.#guarded(() => this.read(message));
  }

  /** A message of the process could not be worked on. */
  unreadable(error: unknown): void {
    if (GatewayError.isInstance(error)) {
      this.fail(error);
      return;
    }
    this.context.logger.error('A message of Lingma could not be worked on', { error });
    this.fail(new GatewayError('upstream_protocol', 'Lingma sent what cannot be worked on', { cause: error }));
  }

  /** The process gave the turn's session a name. */
  nameSession(sessionId: string): void {
    if (sessionId === '' || sessionId === this.sessionId) return;
    const before = this.sessionId;
    this.sessionId = sessionId;
    turnRouter(this.#peer).named(this, before);
    // A process that does not know a session opens another one, where nothing of what was said before is known.
    if (this.turn.continues === true && !this.hasOutput) this.fail(unknownSession());
  }

  /** Told to the caller with the start of the answer. */
  warn(warning: ChatWarning): void {
    this.#warnings = [...this.#warnings, warning];
  }

  /** Something of this turn came, if not of its answer: the process lives. */
  touch(): void {
    this.#clocks?.touch();
  }

  /** A tool is run for the process: the answer is under way, and silence counts from now. */
  working(): void {
    this.#clocks?.answered();
  }

  /** A piece of the answer as the process wrote it, markers and all. */
  text(delta: string): void {
    if (this.#state !== 'running') return;
    if (delta === '') {
      this.touch();
      return;
    }
    this.#clocks?.answered();
    this.answer.text(delta);
  }

  /** All of the answer so far, said anew. */
  overwrite(text: string): void {
    if (this.#state !== 'running') return;
    this.#clocks?.answered();
    this.answer.overwrite(text);
  }

  reasoning(delta: string): void {
    if (this.#state !== 'running') return;
    if (delta === '') {
      this.touch();
      return;
    }
    this.#clocks?.answered();
    this.answer.reasoning(delta);
  }

  /** The content filter struck; whatever end comes is one of `content-filter`. */
  markFiltered(): void {
    this.#filtered = true;
  }

  /** The process has ended the turn. */
  finish(reported: TurnEnd): void {
    this.#guarded(() => this.#finish(reported));
  }

  #finish(reported: TurnEnd): void {
    if (this.#state === 'stopping') {
      this.#settle(false);
      return;
    }
    if (this.#state === 'over') return;
    const end = judgeEnd(reported, { filtered: this.#filtered, refused: this.refused });
    if ('error' in end) {
      this.#ended(end.error);
      return;
    }
    this.answer.complete(end.fullAnswer);
    this.calls.flush();
    const reason = this.answer.hasCalls ? 'tool-calls' : end.reason;
    // A thought alone is no answer either.
    if (!this.answer.hasText && reason === 'stop') {
      this.#ended(emptyAnswer());
      return;
    }
    this.#endStream(reason);
    this.#settle(reason === 'stop' || reason === 'length');
  }

  /** The turn has failed on our side or by silence: the process may still work on it and is told to stop. */
  fail(thrown: unknown): void {
    if (this.#state !== 'running') return;
    this.#failStream(thrown);
    this.#stop();
  }

  /** The process has failed the turn: there is nothing left to stop. */
  #ended(thrown: unknown): void {
    if (this.#state === 'over') return;
    if (this.#state === 'running') this.#failStream(thrown);
    this.#settle(false);
  }

  /** What the process sends must not throw in a timer or a promise of ours: that would be everybody's end. */
  #guarded(step: () => void): void {
    try {
      step();
    } catch (error) {
      this.unreadable(error);
    }
  }

  #failStream(thrown: unknown): void {
    try {
      if (this.answer.started) this.answer.flush();
    } catch (error) {
      this.context.logger.error('The rest of an answer was lost', { error });
    }
    this.#queue.fail(toTurnError(thrown));
  }

  #endWithCalls(): void {
    if (this.#state !== 'running') return;
    this.calls.flush();
    this.#endStream('tool-calls');
    // The caller runs the tools and comes back in a turn of its own; this one must not go on without them.
    this.#stop();
  }

  #endStream(reason: FinishReason): void {
    this.answer.end(reason, this.usage.total(this.answer.outputText, this.answer.reasoningText));
    this.#queue.end();
  }

  /** Tells the process to stop and waits for its end, reading on; its connection stays open. */
  #stop(): void {
    if (this.#state !== 'running') return;
    this.#state = 'stopping';
    this.#haltWork();
    this.#queue.letGo();
    if (!this.asked || this.#peer.closed) {
      this.#settle(false);
      return;
    }
    this.#clocks?.awaitStop();
    this.#port.sendStop(this);
  }

  #haltWork(): void {
    this.answer.close();
    this.nativeTools?.close();
    this.#clocks?.clear();
  }

  #settle(reusable: boolean): void {
    if (this.#state === 'over') return;
    this.#state = 'over';
    this.#haltWork();
    this.#queue.letGo();
    for (const cleanup of this.#cleanups) cleanup();
    this.#callController?.abort(TURN_OVER);
    this.ending.abort(TURN_OVER);
    this.#port.release?.();
    const { contextTokens } = this.usage;
    const { sessionId } = this;
    const text = this.answer.visibleText;
    this.#over = { sessionId, reusable, text, ...(contextTokens !== undefined && { contextTokens }) };
    this.#settleOutcome(this.#over);
  }
}
