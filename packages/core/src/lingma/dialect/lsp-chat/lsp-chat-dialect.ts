/**
 * The LSP chat dialect: `chat/ask` and the events that follow it (protocol section 7). The ask is a request whose
 * reply is not awaited: it may come at once, late, or never. All events carry the ask's `requestId`; the answer ends
 * with `chat/finish`, never with `step_end`.
 */
import { leftOutWarning, mediaMark } from '../../../chat/index.js';
import { type Clock, isJsonObject, type JsonObject, type JsonValue, systemClock } from '../../../util/index.js';
import type { IncomingMessage, JsonRpcPeer } from '../../jsonrpc/peer.js';
import { connectionLost, toTurnError } from '../../protocol/errors.js';
import { readTurnRecord } from '../../protocol/session-record.js';
import { decodeErrorEvent, decodeFinish, endOfThrown, failureInResult, stringOf } from '../../protocol/turn-end.js';
import type { ToolCard } from '../../turn/answer/native-markup.js';
import { invokeSighting, toolCallParams } from '../../turn/native-tools/read-tool-call.js';
import { Turn, type TurnPort } from '../../turn/turn.js';
import type { RunningTurn } from '../../turn/turn-contract.js';
import type { LingmaDialect } from '../dialect.js';
import { buildAsk } from './build-ask.js';
import { ThinkMarkup } from './think-markup.js';
import { uploadImage } from './upload-image.js';

export interface LspChatDialectOptions {
  readonly clock?: Clock;
}

const STOP_CALL_MS = 2000;
/** Statuses of a call after which nothing comes of it. */
const ENDED = new Set(['FINISHED', 'ERROR', 'CANCELLED']);

export function createLspChatDialect({ clock = systemClock }: LspChatDialectOptions = {}): LingmaDialect {
  return {
    name: 'lsp-chat',
    openSession: () => Promise.resolve(''),
    runTurn(peer, turn, context): RunningTurn {
      // 32 hex digits, as the plug-in makes them.
      const requestId = crypto.randomUUID().replaceAll('-', '');
      return new Turn({ peer, turn, context, requestId, port: new LspChatTurn(peer), clock }).start();
    },
  };
}

class LspChatTurn implements TurnPort {
  /** Of the thought that is under way. */
  #think: ThinkMarkup | undefined;
  /** Tool names by call id, from the cards in the text: `tool/call/sync` itself names none. */
  readonly #cards = new Map<string, string>();

  constructor(private readonly peer: JsonRpcPeer) {}

  ask(run: Turn): void | Promise<void> {
    if (run.turn.images.length === 0) return this.#send(run, []);
    return this.#askWithImages(run);
  }

  async #askWithImages(run: Turn): Promise<void> {
    const uploads = await Promise.allSettled(run.turn.images.map((image) => uploadImage(this.peer, image, run.signal)));
    if (!run.running) return;
    const urls: string[] = [];
    let placeholders = '';
    for (const upload of uploads) {
      if (upload.status === 'fulfilled') {
        urls.push(upload.value);
        continue;
      }
      const { message } = toTurnError(upload.reason);
      run.context.logger.warn('A picture was left out', { cause: upload.reason });
      run.warn(leftOutWarning('image', message));
      placeholders += `\n${mediaMark('image')}`;
    }
    this.#send(run, urls, placeholders);
  }

  #send(run: Turn, imageUrls: readonly string[], placeholders = ''): void {
    const turn = placeholders === '' ? run.turn : { ...run.turn, prompt: run.turn.prompt + placeholders };
    const params = buildAsk(turn, run.requestId, imageUrls, this.peer.serverInfo.name);
    run.asked = true;
    this.peer
      .call('chat/ask', params, { timeoutMs: Number.POSITIVE_INFINITY, signal: run.ending })
      .then(
        (result) => this.#onReply(result, run),
        (error: unknown) => {
          if (run.ending.aborted) return;
          run.finish(this.peer.closed ? { type: 'error', error: connectionLost(error) } : endOfThrown(error));
        },
      )
      // Whatever goes wrong here fails this turn, never the process.
      .catch((error: unknown) => run.fail(error));
  }

  #onReply(result: JsonValue, run: Turn): void {
    const failure = failureInResult(result);
    if (failure === 'content-filter') run.finish({ type: 'finish', reason: 'content-filter' });
    else if (failure !== undefined) run.finish({ type: 'error', error: failure });
    else if (isJsonObject(result)) run.nameSession(stringOf(result.sessionId) ?? '');
  }

  receive(run: Turn, { method, params }: IncomingMessage): void {
    // A name counts only from an event that is surely of this turn.
    const { sessionId } = params;
    if (sessionId !== run.sessionId && params.requestId === run.requestId && typeof sessionId === 'string')
      run.nameSession(sessionId);
    switch (method) {
      case 'chat/answer':
        this.#onAnswer(params, run);
        return;
      case 'chat/think':
        this.#onThink(params, run);
        return;
      case 'chat/finish':
        if (this.#think?.holds === true) this.#endThought('', run);
        run.finish(decodeFinish(params));
        return;
      case 'chat/error':
      case 'error':
      case 'fatal_error':
        run.finish(decodeErrorEvent(params));
        return;
      case 'context/usage/sync':
        run.touch();
        run.usage.see(params);
        return;
      case 'tool/call/sync':
        this.#onSync(params, run);
        return;
      case 'tool/invoke':
        run.touch();
        run.calls.see(invokeSighting(params, (id) => this.#cards.get(id)));
        return;
      case 'chat/process_step_callback':
      case 'session/title/update':
      case 'chat/notification':
        run.touch();
    }
  }

  sendStop(run: Turn): void {
    const { requestId, sessionId } = run;
    // The process's end of the turn is what counts; the reply only says that it was heard.
    this.peer.call('chat/stop', { requestId, sessionId }, { timeoutMs: STOP_CALL_MS }).catch(() => undefined);
  }

  async confirmEnd(run: Turn): Promise<boolean> {
    return (await readTurnRecord(this.peer, run.sessionId, run.requestId, run.signal)) === 'finished';
  }

  onToolCard({ name, toolCallId }: ToolCard, run: Turn): void {
    if (toolCallId !== '') this.#cards.set(toolCallId, name);
    run.calls.see({ ...(toolCallId !== '' && { id: toolCallId }), name, complete: false });
  }

  #onAnswer({ text: piece, isFiltered, overwrite }: JsonObject, run: Turn): void {
    if (this.#think?.holds === true) this.#endThought('', run);
    if (isFiltered === true) run.markFiltered();
    const text = typeof piece === 'string' ? piece : '';
    if (overwrite === true) run.overwrite(text);
    else if (!run.answer.plainText(text)) run.text(text);
  }

  #onThink(params: JsonObject, run: Turn): void {
    const text = typeof params.text === 'string' ? params.text : '';
    if (params.step !== 'done') {
      this.#think ??= new ThinkMarkup();
      const fresh = this.#think.push(text);
      if (!run.answer.plainReasoning(fresh)) run.reasoning(fresh);
      return;
    }
    this.#endThought(text, run);
  }

  #endThought(text: string, run: Turn): void {
    const thought = this.#think ?? new ThinkMarkup();
    // A later thought of the same turn begins anew.
    this.#think = undefined;
    run.reasoning(thought.end(text));
  }

  /** `REQUEST_FINISHED` names no call; `INIT` may come before the parameters are known. */
  #onSync(sync: JsonObject, run: Turn): void {
    run.touch();
    const params = toolCallParams(sync);
    const id = stringOf(params.toolCallId) ?? '';
    const status = stringOf(params.toolCallStatus) ?? '';
    if (id === '' || status === 'REQUEST_FINISHED') return;
    const name = stringOf(params.name) ?? this.#cards.get(id);
    run.calls.see({
      id,
      ...(name !== undefined && { name }),
      ...(params.parameters !== undefined && { input: params.parameters }),
      complete: status !== 'INIT',
      ...(ENDED.has(status) && { outcome: { output: outputOf(params.results), isError: status !== 'FINISHED' } }),
    });
  }
}

function outputOf(results: JsonValue | undefined): string {
  return results === undefined || (Array.isArray(results) && results.length === 0) ? '' : JSON.stringify(results);
}
