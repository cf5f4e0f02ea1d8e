import type { ClientReply } from '../connection/client-connection.js';
import { isJsonObject, type JsonObject, objectMember } from '../json-object.js';
import { emit, type Lingma } from '../process/process-state.js';
import type { ScriptedFinish } from '../turn/directive.js';
import type { Failure, FailureForm } from '../turn/failure.js';
import { keepToolCall, newToolCallId, runNativeTool, toolParameters } from '../turn/native-tool.js';
import type { Turn } from '../turn/turn.js';
import type { DialectEmitter, Wait } from './dialect-emitter.js';
import type { ToolCall } from './tool-format.js';

/** The ACP dialect, protocol section 8: everything in `session/update`, the end as a notification `chat_finish`. */
export interface AcpEmitterOptions {
  readonly isFirstPrompt: boolean;
  /** Told how the turn ended: `stopReason` of the prompt's reply, or a failure. */
  readonly onEnd: (outcome: { readonly stopReason: string } | Failure) => void;
  /** Fails the `session/prompt` request itself. False when that is no longer possible. */
  readonly failRequest: (failure: Failure) => boolean;
}

/** `chat_finish` reason and the `stopReason` of the prompt's reply. */
const FINISH_REASON: Record<ScriptedFinish, readonly [reason: string, stopReason: string]> = {
  stop: ['success', 'end_turn'],
  length: ['max_tokens', 'max_tokens'],
  content_filter: ['content_filter', 'refusal'],
  cancelled: ['cancelled', 'cancelled'],
};

export function createAcpEmitter(lingma: Lingma, turn: Turn, options: AcpEmitterOptions): DialectEmitter {
  const { switches } = lingma;
  const sessionId = turn.session.id;
  const ids = { requestId: turn.requestId, sessionId };
  const thinkingSince = performance.now();

  const update = (body: JsonObject, meta: JsonObject = {}): Wait =>
    emit(lingma, turn.client, 'session/update', sessionUpdate(lingma, turn, body, meta));
  const content = (type: string, text: string): unknown => {
    const part = { type, text };
    return switches.acpContent === 'array' ? [part] : part;
  };
  const say = (text: string): Wait => update({ sessionUpdate: 'agent_message_chunk', content: content('text', text) });
  const notification = (type: string, data: JsonObject): Wait => update({ sessionUpdate: 'notification', type, data });
  const lspEvent = (method: string, params: object): Wait =>
    switches.acpLspEvents ? emit(lingma, turn.client, method, params) : undefined;
  const step = (name: string): Wait =>
    lspEvent('chat/process_step_callback', {
      ...{ ...ids, step: name, description: '', status: 'done' },
      ...{ result: null, message: '' },
    });
  const end = (reason: string, statusCode: number, fullAnswer: string, members: JsonObject = {}): Wait => {
    if (switches.stepEnd === 'after') step('step_end');
    const data = { ...ids, reason, statusCode, fullAnswer, ...members };
    switch (switches.acpEnd) {
      case 'chat-finish':
        return notification('chat_finish', data);
      case 'prompt-completed':
        return statusCode === 200
          ? update({ sessionUpdate: 'prompt_completed', data })
          : update({ sessionUpdate: 'error', code: statusCode, message: reason, ...members });
      case 'lsp-finish':
        return emit(lingma, turn.client, 'chat/finish', { ...data, extra: null });
    }
  };

  return {
    thinking: thinkingForm(lingma),

    open() {
      if (switches.userEcho) {
        update({ sessionUpdate: 'user_message_chunk', content: content('text', turn.record.question) });
      }
      if (switches.taskSync) syncTask(lingma, turn);
      if (switches.stepEnd !== 'none') step('step_start');
      if (switches.stepEnd === 'before') step('step_end');
      let wait = lspEvent('snapshot/syncAll', { sessionId, snapshots: [] });
      if (switches.titleUpdate && options.isFirstPrompt) {
        wait = lspEvent('session/title/update', { sessionId, sessionTitle: turn.session.title });
      }
      return wait;
    },

    thought: (delta) =>
      update({ sessionUpdate: 'agent_thought_chunk', content: content(switches.thoughtContent, delta) }),
    thoughtEnd: () =>
      update(
        { sessionUpdate: 'agent_thought_chunk', content: content(switches.thoughtContent, '') },
        { 'ai-coding/thinking-duration-millis': Math.round(performance.now() - thinkingSince) },
      ),

    answer: say,
    // Not documented for this dialect: an overwrite and an `isFiltered` exist in LSP chat only.
    overwrite: () => undefined,
    filtered: () => undefined,

    async tool(call) {
      const toolCallId = newToolCallId();
      const toolUpdate = (status: string, more: JsonObject = {}): Wait =>
        update({ sessionUpdate: 'tool_call_update', toolCallId, status, ...more });
      const meta = { 'ai-coding/tool-name': call.name, 'ai-coding/tool-kind': toolKind(call.name) };
      const shown = { toolCallId, title: call.name, kind: toolKind(call.name), rawInput: toolParameters(call) };
      update({ sessionUpdate: 'tool_call', ...shown, status: 'pending', _meta: meta });
      const outcome = await runNativeTool(lingma, turn, toolCallId, call, {
        ...(switches.toolPermission === 'ask' ? { ask: () => askPermission(lingma, turn, toolCallId, call) } : {}),
        running: () => toolUpdate('in_progress'),
      });
      const status = outcome.kind === 'finished' ? 'completed' : 'failed';
      keepToolCall(turn, toolCallId, call, outcome, status.toUpperCase());
      if (outcome.kind === 'finished') toolUpdate(status, { rawOutput: [outcome.result] });
      else {
        const message = outcome.kind === 'failed' ? outcome.message : 'rejected';
        toolUpdate(status, { rawOutput: [], _meta: { 'ai-coding/tool-call-error-message': message } });
      }
    },

    plan: (entries) => update({ sessionUpdate: 'plan', entries }),

    usage: (usedTokens) =>
      switches.contextUsage === 'never'
        ? undefined
        : notification('context_usage', { usedTokens, limitTokens: 131_072 }),

    finish(finish, fullAnswer) {
      const [reason, stopReason] = FINISH_REASON[finish];
      const wait = end(reason, 200, switches.fullAnswer === 'full' ? fullAnswer : '');
      options.onEnd({ stopReason });
      return wait;
    },

    fail(failure: Failure, form: FailureForm) {
      if (form === 'rpc-error' && options.failRequest(failure)) return undefined;
      const wait =
        form === 'chat-error'
          ? notification('chat_error', {
              ...{ ...ids, code: failure.status, message: failure.message },
              ...failure.members,
            })
          : end(failure.message, failure.status, '', failure.members);
      options.onEnd(failure);
      return wait;
    },
  };
}

/** Params of one `session/update`, the request id where the switch says. */
function sessionUpdate(lingma: Lingma, turn: Turn, body: JsonObject, meta: JsonObject): JsonObject {
  const own = { ...meta, 'ai-coding/message-created-at': Date.now() };
  const id = { 'ai-coding/request-id': turn.requestId };
  switch (lingma.switches.requestIdPlace) {
    case 'params':
      return { sessionId: turn.session.id, _meta: { ...id, ...own }, update: body };
    case 'update':
      return {
        sessionId: turn.session.id,
        update: { ...body, _meta: { ...id, ...own, ...objectMember(body, '_meta') } },
      };
    case 'none':
      return { sessionId: turn.session.id, _meta: own, update: body };
  }
}

function thinkingForm(lingma: Lingma): DialectEmitter['thinking'] {
  const { acpThinking, thinking } = lingma.switches;
  if (acpThinking === 'chunk') return 'events';
  if (acpThinking !== 'auto') return acpThinking;
  return thinking === 'tag' || thinking === 'none' ? thinking : 'events';
}

/** QoderCN asks its clients about tasks within a turn and counts the replies. */
function syncTask(lingma: Lingma, turn: Turn): void {
  const params = { sessionId: turn.session.id, taskId: `task-${turn.requestId}` };
  for (const method of ['task/status/sync', 'user/inprogress/task/sync']) {
    void turn.client.request(method, params, lingma.switches.eventReplyTimeoutMs).then((reply) => {
      const success = reply.kind === 'result' ? 1 : 0;
      lingma.log(`${method}: ${success} success, ${1 - success} failed`);
    });
  }
}

/** `session/request_permission`, protocol section 8.8; anything but a clear yes is a no. */
async function askPermission(lingma: Lingma, turn: Turn, toolCallId: string, call: ToolCall): Promise<boolean> {
  const params = {
    sessionId: turn.session.id,
    toolCall: { toolCallId, title: call.name, kind: toolKind(call.name), status: 'pending' },
    options: [
      { optionId: 'allow_once', name: 'Allow once', kind: 'allow_once' },
      { optionId: 'reject_once', name: 'Reject', kind: 'reject_once' },
    ],
    _meta: { 'ai-coding/request-id': turn.requestId },
  };
  const reply = await turn.client.request('session/request_permission', params, lingma.switches.toolTimeoutMs);
  return isConsent(reply);
}

function isConsent(reply: ClientReply): boolean {
  if (reply.kind !== 'result' || !isJsonObject(reply.result)) return false;
  const outcome = objectMember(reply.result, 'outcome');
  return outcome.outcome === 'selected' && outcome.optionId === 'allow_once';
}

function toolKind(name: string): string {
  if (/run|terminal|exec|command/i.test(name)) return 'execute';
  if (/edit|create|replace|patch|save|write|delete/i.test(name)) return 'edit';
  return /read|list|search|grep|get/i.test(name) ? 'read' : 'other';
}
