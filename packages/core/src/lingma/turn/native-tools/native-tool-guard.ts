/**
 * Answers the process when it wants to run a tool or asks for leave (protocol sections 8.8 and 9): a proper refusal at
 * once, so that the model goes on, or, where the operator has switched it on, leave and the tool's result. Only turns of
 * ours are answered: other clients of the process may see the same broadcast and mean to run theirs.
 */
import type { CallContext } from '../../../chat/index.js';
import { isJsonObject, type JsonObject, type JsonValue } from '../../../util/index.js';
import type { IncomingMessage, JsonRpcPeer } from '../../jsonrpc/peer.js';
import {
  canAllowOnce,
  isAsync,
  permissionAnswer,
  refusedResult,
  sendApproval,
  sendResult,
} from '../../protocol/permission.js';
import { stringOf } from '../../protocol/turn-end.js';
import type { NativeCalls } from './native-tool-calls.js';
import { auditFields, type NativeToolRun } from './native-tool-run.js';
import { toolCallParams } from './read-tool-call.js';

/** A turn of the connection, as far as its tools go. */
export interface NativeToolOwner {
  readonly requestId: string;
  /** `''` until the process has named one. */
  readonly sessionId: string;
  receive(message: IncomingMessage): void;
  readonly running: boolean;
  readonly context: CallContext;
  /** What was seen of the process's calls, the message at hand included. */
  readonly calls: Pick<NativeCalls, 'mayBeCallers'>;
  /** Absent: every tool is refused. */
  readonly nativeTools: NativeToolRun | undefined;
  /** Set when something was refused. */
  refused: boolean;
  /** A tool begins or ends. */
  working(): void;
}

/** The turns of the connection. `TurnRouter` is one. */
export interface NativeToolTurns {
  /** The message goes to its turn. */
  deliver(message: IncomingMessage): void;
  turnOf(params: JsonObject): NativeToolOwner | undefined;
  turnOfSession(sessionId: JsonValue | undefined): NativeToolOwner | undefined;
  /** Whether the message is about a turn of ours, one that is over included. */
  concernsUs(params: JsonObject): boolean;
}

/** Calls that are remembered as answered; the oldest are forgotten first. */
const MAX_DECIDED = 512;

/** Tools the process may run by itself (protocol section 9.3), by any of their names. */
const LINGMA_TOOLS = new Set(
  (
    'read_file edit_file create_file delete_file search_replace apply_patch list_dir search_file search_codebase ' +
    'search_symbol grep_code run_in_terminal get_terminal_output get_problems save_file replace_text_by_path ' +
    'create_file_with_text delete_file_by_path'
  ).split(' '),
);

/** Answers requests about tools on a connection from now on. Their turn sees the message first. */
export function watchNativeTools(peer: JsonRpcPeer, turns: NativeToolTurns): void {
  const guard = new NativeToolGuard(peer, turns);
  peer.on('tool/invoke', (message) => {
    turns.deliver(message);
    return guard.invoke(message);
  });
  peer.on('tool/call/sync', (message) => {
    turns.deliver(message);
    return guard.sync(message);
  });
  peer.on('session/request_permission', (message) => {
    turns.turnOfSession(message.params.sessionId)?.receive(message);
    return guard.permit(message.params);
  });
}

class NativeToolGuard {
  readonly #peer: JsonRpcPeer;
  readonly #turns: NativeToolTurns;
  /** Calls answered already: several syncs come per call. */
  readonly #decided = new Set<string>();

  constructor(peer: JsonRpcPeer, turns: NativeToolTurns) {
    this.#peer = peer;
    this.#turns = turns;
  }

  invoke({ params, id }: IncomingMessage): JsonValue | Promise<JsonValue> | undefined {
    return this.#turns.concernsUs(params) ? this.#onInvoke(toolCallParams(params), id !== undefined) : undefined;
  }

  sync({ params }: IncomingMessage): undefined {
    if (this.#turns.concernsUs(params)) this.#onSync(toolCallParams(params));
    return undefined;
  }

  #onInvoke(params: JsonObject, isRequest: boolean): JsonValue | Promise<JsonValue> {
    const peer = this.#peer;
    const owner = this.#ownerOf(params);
    const tools = owner?.nativeTools;
    if (owner === undefined || tools === undefined || mayBeCallers(owner, params)) {
      this.#refused(params, owner);
      const result = refusedResult(params);
      if (!isAsync(params, isRequest)) return result;
      sendResult(peer, params, result);
      return {};
    }
    owner.working();
    const result = tools.invoke(params).finally(() => owner.working());
    if (!isAsync(params, isRequest)) return result;
    void result.then((value) => sendResult(peer, params, value));
    return {};
  }

  #onSync(params: JsonObject): void {
    if (params.toolCallStatus !== 'PENDING') return;
    const owner = this.#ownerOf(params);
    const approval = owner?.nativeTools !== undefined && !mayBeCallers(owner, params);
    const toolCallId = stringOf(params.toolCallId) ?? '';
    const requestId = stringOf(params.requestId) ?? owner?.requestId ?? '';
    const sessionId = stringOf(params.sessionId) ?? owner?.sessionId ?? '';
    const key = `${requestId} ${toolCallId}`;
    if (toolCallId !== '' && this.#decided.has(key)) return;
    if (!approval) this.#refused(params, owner);
    if (toolCallId === '' || requestId === '' || sessionId === '') return;
    this.#decided.add(key);
    const [oldest] = this.#decided;
    if (this.#decided.size > MAX_DECIDED && oldest !== undefined) this.#decided.delete(oldest);
    if (approval) owner?.context.logger.info('native tool approved', auditFields(params));
    sendApproval(this.#peer, { sessionId, requestId, toolCallId, approval });
  }

  permit(params: JsonObject): JsonValue {
    const toolCall = isJsonObject(params.toolCall) ? params.toolCall : {};
    const meta = isJsonObject(toolCall._meta) ? toolCall._meta : {};
    // Sessions are ours alone, and standard agents name nothing else.
    const owner = this.#turns.turnOfSession(params.sessionId);
    const call: JsonObject = {
      sessionId: params.sessionId,
      toolCallId: toolCall.toolCallId,
      name: meta['ai-coding/tool-name'] ?? toolCall.toolName ?? toolCall.title,
      parameters: toolCall.rawInput,
    };
    const allow =
      owner?.running === true && owner.nativeTools !== undefined && !mayBeCallers(owner, call) && canAllowOnce(params);
    if (allow) owner.context.logger.info('native tool approved', auditFields(call));
    else this.#refused(call, owner);
    return permissionAnswer(params, allow, this.#peer.serverInfo.name);
  }

  /** The turn a request belongs to, if it still runs. */
  #ownerOf(params: JsonObject): NativeToolOwner | undefined {
    const owner = this.#turns.turnOf(params);
    return owner?.running === true ? owner : undefined;
  }

  #refused(params: JsonObject, owner: NativeToolOwner | undefined): void {
    if (owner === undefined) return;
    owner.refused = true;
    owner.context.logger.debug('native tool', { ...auditFields(params), outcome: 'refused', ms: 0 });
  }
}

/** A call without a name is taken for the caller's where it could be one: better not run than run twice. */
function mayBeCallers(owner: NativeToolOwner, params: JsonObject): boolean {
  const name = stringOf(params.name) ?? stringOf(params.toolName);
  return owner.calls.mayBeCallers(stringOf(params.toolCallId) ?? '', name, (toolName) =>
    LINGMA_TOOLS.has(toolName.toLowerCase()),
  );
}
