/**
 * One turn in the ACP dialect: sends the prompt, reads the updates, and finds the end in whichever form it comes.
 * Over 250 lines: the forms an end can take depend on one another.
 */

import { GatewayError } from '../../../chat/index.js';
import { type Clock, Deadline, isJsonObject, type JsonObject, type JsonValue } from '../../../util/index.js';
import { agentOf } from '../../agent/agent-of.js';
import type { AgentSessions } from '../../agent/agent-sessions.js';
import { explainAtAgent } from '../../agent/sign-in.js';
import type { IncomingMessage, JsonRpcPeer } from '../../jsonrpc/peer.js';
import { connectionLost } from '../../protocol/errors.js';
import { readTurnRecord, type TurnRecord } from '../../protocol/session-record.js';
import {
  decodeErrorEvent,
  decodeFinish,
  endOfThrown,
  failureInResult,
  stringOf,
  type TurnEnd,
} from '../../protocol/turn-end.js';
import { updateRequestId } from '../../protocol/turn-ids.js';
import { invokeSighting } from '../../turn/native-tools/read-tool-call.js';
import type { Turn, TurnPort } from '../../turn/turn.js';
import { isCutOffError, isCutOffNotice, isRemark } from './agent-asides.js';
import { AgentError } from './agent-error.js';
import { AgentWatch } from './agent-watch.js';
import { buildAgentPrompt, buildCancel, buildPrompt, type PlacedImage } from './build-prompt.js';
import { contentText, isUnderWay, toolSighting } from './decode-update.js';
import type { ImageFiles } from './image-files.js';

/** The same wait where nothing so far looked like Lingma: a plain agent sends no `chat_finish`. */
const PLAIN_AGENT_GRACE_MS = 500;
/** The same wait after a response that says nothing: it may be late as well as early. */
const SILENT_REPLY_GRACE_MS = 10_000;
/** A response with a `stopReason` came before any text: it is early, or the answer is empty. After so much quiet one asks. */
const QUIET_MS = 4000;
/** Further wait for the first text where the process's record says that the turn is not over. */
const EMPTY_GRACE_MS = 30_000;

export class AcpTurn implements TurnPort {
  #placed: readonly PlacedImage[] = [];
  #stopReason: TurnEnd | undefined;
  #grace: Deadline | undefined;
  /** The response came before any of the answer. */
  #early = false;
  /** Counts what came, so that one can ask whether anything came since. */
  #signs = 0;
  /** Something came that only Lingma sends: a `chat_finish` can be expected. */
  #sawLingma = false;
  /** The agent has said so; its end may call that an error, or nothing. */
  #isCutOff = false;
  readonly #agentError: AgentError;
  readonly #agent: AgentSessions | undefined;
  readonly #watch: AgentWatch | undefined;

  constructor(
    private readonly peer: JsonRpcPeer,
    private readonly images: ImageFiles,
    private readonly clock: Clock,
    private readonly finishGraceMs: number,
  ) {
    this.#agent = agentOf(peer);
    const watch = this.#agent && new AgentWatch(this.#agent);
    this.#watch = watch;
    this.#agentError = new AgentError(watch !== undefined, () => watch?.retries());
  }

  ask(run: Turn): void | Promise<void> {
    // Agents take pictures as they are; Lingma may want them as files.
    if (run.turn.images.length === 0 || this.#agent !== undefined) return this.#send(run);
    return this.images.placeAll(run.turn.images).then((placed) => {
      this.#placed = placed;
      if (run.running) this.#send(run);
      else this.release();
    });
  }

  #send(run: Turn): void {
    const scheme = this.peer.serverInfo.name.startsWith('qoder') ? 'qodercn' : 'lingma';
    const params =
      this.#agent === undefined
        ? buildPrompt(run.turn, run.requestId, this.#placed, scheme)
        : buildAgentPrompt(run.turn);
    run.asked = true;
    this.#watch?.asked(run.sessionId);
    this.peer
      .call('session/prompt', params, { timeoutMs: Number.POSITIVE_INFINITY, signal: run.ending })
      .then(
        (result) => this.#onReply(result, run),
        (error: unknown) => {
          if (run.ending.aborted) return;
          run.finish(
            this.peer.closed ? { type: 'error', error: connectionLost(error) } : this.#endOfThrown(error, run),
          );
        },
      )
      // Whatever goes wrong here fails this turn, never the process.
      .catch((error: unknown) => run.fail(error));
  }

  #endOfThrown(thrown: unknown, run: Turn): TurnEnd {
    const isCutOff = this.#agent !== undefined && (this.#isCutOff || isCutOffError(thrown));
    if (isCutOff && run.hasOutput) return { type: 'finish', reason: 'length' };
    const end = endOfThrown(thrown);
    return end.type === 'error' ? { type: 'error', error: explainAtAgent(end.error, this.#agent?.profile) } : end;
  }

  receive(run: Turn, { method, params }: IncomingMessage): void {
    switch (method) {
      case 'session/update':
        this.#onUpdate(params, run);
        return;
      case 'session/request_permission':
        this.#onPermission(params, run);
        return;
      default:
        this.#onOther(method, params, run);
    }
  }

  sendStop(run: Turn): void {
    this.#grace?.clear();
    this.peer.notify('session/cancel', buildCancel(run.sessionId, run.requestId));
  }

  async confirmEnd(run: Turn): Promise<boolean> {
    // The response said that the turn is complete, and since then all has been quiet.
    const complete = this.#stopReason?.type === 'finish' || (await this.#record(run)) === 'finished';
    if (complete && this.#agentError.isPending && run.running) this.#end({ type: 'finish', reason: 'stop' }, run);
    return complete;
  }

  #record(run: Turn): Promise<TurnRecord> {
    if (this.#agent !== undefined) return Promise.resolve('unknown');
    return readTurnRecord(this.peer, run.sessionId, run.requestId, run.signal);
  }

  release(): void {
    this.#grace?.clear();
    this.#watch?.heard();
    this.images.releaseLater(this.#placed);
    this.#placed = [];
  }

  #onUpdate(params: JsonObject, run: Turn): void {
    const { update } = params;
    if (!isJsonObject(update)) return;
    if (!this.#sawLingma) this.#sawLingma = this.#agent === undefined && updateRequestId(params) !== undefined;
    this.#signs++;
    this.#grace?.touch();
    const { _meta: outer } = params;
    const { _meta: meta } = update;
    if (memberOf(outer, 'codex') !== undefined) this.#agentError.see(outer);
    if (memberOf(meta, 'codex') !== undefined) this.#agentError.see(meta);
    switch (update.sessionUpdate) {
      case 'agent_message_chunk':
        if (isInformational(update)) {
          run.touch();
          return;
        }
        this.#onText(update, run);
        return;
      case 'current_mode_update':
      case 'config_option_update':
        run.touch();
        this.#onMode(update, run);
        return;
      case 'agent_thought_chunk':
        this.#onThought(update, run);
        return;
      case 'tool_call':
      case 'tool_call_update':
        run.touch();
        this.#watch?.heard();
        run.text(this.#agentError.progress());
        run.calls.see(toolSighting(update, isUnderWay(update.status)));
        return;
      case 'usage_update':
        run.touch();
        run.usage.see(update);
        this.#watch?.seeCost(update, run);
        return;
      case 'notification':
        this.#sawLingma = true;
        this.#onNotification(stringOf(update.type) ?? '', update, run);
        return;
      case 'chat_finish':
      case 'prompt_completed':
      case 'chat_error':
      case 'error':
      case 'fatal_error':
      case 'context_usage':
        this.#onNotification(update.sessionUpdate, update, run);
        return;
      default:
        run.touch();
        this.#watch?.note(update);
    }
  }

  /** Out of the mode in which it asks, nobody would be asked: the turn ends before anything can be done in it. */
  #onMode(update: JsonObject, run: Turn): void {
    if (this.#agent === undefined || run.nativeTools !== undefined) return;
    if (this.#agent.permits(run.sessionId, update)) return;
    const { title } = this.#agent.profile;
    run.fail(new GatewayError('upstream_error', `${title} left the mode in which it asks before it acts`));
  }

  #onText(update: JsonObject, run: Turn): void {
    this.#watch?.heard();
    const { content, _meta: meta } = update;
    const usage = memberOf(meta, 'usage') ?? memberOf(meta, 'quota');
    if (usage !== undefined) run.usage.see(usage);
    const text = textIn(content);
    if (this.#agent !== undefined && this.#isAside(text, run, this.#agent)) {
      run.touch();
      return;
    }
    if (this.#agentError.isPending) run.text(this.#agentError.text(text));
    else if (!run.answer.plainText(text)) run.text(text);
  }

  /** What the agent's program says of itself, in the form of a piece of the answer. */
  #isAside(text: string, run: Turn, { profile }: AgentSessions): boolean {
    if (isCutOffNotice(text)) {
      this.#isCutOff = true;
      return true;
    }
    return !run.hasOutput && isRemark(text, profile.name);
  }

  #onThought({ content }: JsonObject, run: Turn): void {
    this.#watch?.heard();
    if (this.#agentError.isPending) run.text(this.#agentError.progress());
    const text = textIn(content);
    if (!run.answer.plainReasoning(text)) run.reasoning(text);
  }

  #onNotification(type: string, update: JsonObject, run: Turn): void {
    const data = dataOf(update);
    switch (type) {
      case 'context_usage':
        run.touch();
        run.usage.see(data);
        return;
      case 'chat_finish':
      case 'prompt_completed':
        run.usage.see(data.usage);
        this.#end(decodeFinish(data), run);
        return;
      case 'chat_error':
      case 'error':
      case 'fatal_error':
        run.finish(decodeErrorEvent(update));
        return;
      default:
        run.touch();
    }
  }

  #onPermission(params: JsonObject, run: Turn): void {
    run.touch();
    if (isJsonObject(params.toolCall)) run.calls.see(toolSighting(params.toolCall, true));
  }

  /** Methods of the LSP world that come in an ACP turn as well. */
  #onOther(method: string, params: JsonObject, run: Turn): void {
    this.#sawLingma = this.#agent === undefined;
    this.#touch();
    run.touch();
    switch (method) {
      case 'context/usage/sync':
        run.usage.see(params);
        return;
      case 'tool/invoke':
        run.calls.see(invokeSighting(params));
        return;
      case 'chat/finish':
        run.usage.see(params.usage);
        this.#end(decodeFinish(params), run);
        return;
      case 'chat/error':
      case 'error':
      case 'fatal_error':
        run.finish(decodeErrorEvent(params));
        return;
    }
  }

  #onReply(result: JsonValue, run: Turn): void {
    const failure = failureInResult(result);
    if (failure === 'content-filter') {
      run.finish({ type: 'finish', reason: 'content-filter' });
      return;
    }
    if (failure !== undefined) {
      run.finish({ type: 'error', error: failure });
      return;
    }
    const reply = isJsonObject(result) ? result : {};
    run.usage.see(reply.usage);
    if (isJsonObject(reply._meta)) run.usage.see(reply._meta.usage ?? reply._meta.quota);
    this.#agentError.see(reply._meta);
    const stopReason = stringOf(reply.stopReason);
    if (stopReason !== undefined) this.#stopReason = decodeFinish({ reason: stopReason });
    if (!run.running) {
      run.finish({ type: 'cancelled' });
      return;
    }
    const ordinary =
      this.#stopReason === undefined || (this.#stopReason.type === 'finish' && this.#stopReason.reason === 'stop');
    // An agent's response is the end of its turn; Lingma's may come before the answer.
    this.#early = this.#agent === undefined && !run.hasOutput && !this.#agentError.isPending && ordinary;
    // An early response tells nothing of an answer still to come: then `chat_finish` ends the turn.
    if (this.#early && stopReason === undefined) return;
    if (this.#early) this.#startGrace(QUIET_MS, run, () => void this.#onQuiet(run));
    else this.#startGrace(this.#finishGrace(stopReason), run, () => this.#conclude(run));
  }

  /** All has been quiet since an early response, or since the text that followed it: is more to come? */
  async #onQuiet(run: Turn): Promise<void> {
    const signs = this.#signs;
    const record = await this.#record(run).catch((): TurnRecord => 'unknown');
    if (!run.running) return;
    if (this.#signs !== signs) this.#startGrace(QUIET_MS, run, () => void this.#onQuiet(run));
    else if (record !== 'open') this.#conclude(run);
    // With some text already the turn's own clocks do.
    else if (!run.hasOutput)
      this.#startGrace(EMPTY_GRACE_MS, run, () => {
        if (!run.hasOutput) this.#conclude(run);
      });
  }

  #conclude(run: Turn): void {
    this.#end(this.#stopReason ?? { type: 'finish', reason: 'stop' }, run);
  }

  /** A normal end may hide a failure that was only remarked on. */
  #end(end: TurnEnd, run: Turn): void {
    if (end.type !== 'finish') {
      if (end.type === 'cancelled') run.text(this.#agentError.progress());
      run.finish(end);
      return;
    }
    const hidden = this.#agentError.end(run.answer.visibleText);
    if ('text' in hidden) run.text(hidden.text);
    const profile = this.#agent?.profile;
    if ('error' in hidden) run.finish({ type: 'error', error: explainAtAgent(hidden.error, profile) });
    else run.finish(this.#isCutOff && end.reason === 'stop' ? { ...end, reason: 'length' } : end);
  }

  #touch(): void {
    this.#signs++;
    this.#grace?.touch();
  }

  #finishGrace(stopReason: string | undefined): number {
    if (stopReason === undefined) return SILENT_REPLY_GRACE_MS;
    return this.#sawLingma ? this.finishGraceMs : PLAIN_AGENT_GRACE_MS;
  }

  #startGrace(ms: number, run: Turn, onSilence: () => void): void {
    const onExpire = (): void => {
      // The process waits for a tool of ours: its silence says nothing.
      if (run.nativeTools?.busy) this.#startGrace(ms, run, onSilence);
      else onSilence();
    };
    this.#grace = new Deadline(ms, onExpire, this.clock);
  }
}

/** Of a notification; some say it in the update itself, or as text. */
function dataOf(update: JsonObject): JsonObject {
  if (isJsonObject(update.data)) return update.data;
  return typeof update.data === 'string' ? { reason: update.data } : update;
}

/** A notice of the agent's own program in the form of a piece of the answer (claude-agent-acp 0.101). */
function isInformational({ _meta: meta }: JsonObject): boolean {
  return memberOf(memberOf(meta, 'claudeCode'), 'kind') === 'informational';
}

function textIn(content: JsonValue | undefined): string {
  const text = memberOf(content, 'text');
  return typeof text === 'string' ? text : contentText(content);
}

/** Of an object; nothing else has members of these names. */
function memberOf(value: JsonValue | undefined, name: string): JsonValue | undefined {
  return (value as JsonObject | null | undefined)?.[name];
}
