import { emit, type Lingma } from '../process/process-state.js';
import type { ScriptedFinish } from '../turn/directive.js';
import type { Failure, FailureForm } from '../turn/failure.js';
import { keepToolCall, newToolCallId, runNativeTool, toolParameters } from '../turn/native-tool.js';
import type { Turn } from '../turn/turn.js';
import type { DialectEmitter, Wait } from './dialect-emitter.js';
import type { ToolCall } from './tool-format.js';

/** The LSP chat dialect, protocol section 7: `chat/answer`, `chat/think`, `chat/finish` and what goes with them. */
export interface LspChatEmitterOptions {
  /** `stream:false`: all text in the finish event. */
  readonly stream: boolean;
  readonly isNewSession: boolean;
  /** Told before the first event and after the last; the reply to `chat/ask` may hang on it. */
  readonly onEvent: () => void;
  readonly onEnd: () => void;
  /** Fails the `chat/ask` request itself. False when that is no longer possible. */
  readonly failRequest: (failure: Failure) => boolean;
}

const FINISH_REASON: Record<ScriptedFinish, string> = {
  stop: 'success',
  length: 'length',
  // The filter itself shows as `isFiltered` in an answer.
  content_filter: 'success',
  cancelled: 'cancelled',
};

export function createLspChatEmitter(lingma: Lingma, turn: Turn, options: LspChatEmitterOptions): DialectEmitter {
  const { switches } = lingma;
  const ids = { requestId: turn.requestId, sessionId: turn.session.id };
  const answerExtra = { sessionType: turn.session.sessionType, intentionType: '' };
  let thoughtSoFar = '';
  let toolsSeen = false;

  const send = (method: string, params: object): Wait => {
    options.onEvent();
    return emit(lingma, turn.client, method, { ...ids, ...params });
  };
  const step = (name: string): Wait =>
    send('chat/process_step_callback', { step: name, description: '', status: 'done', result: null, message: '' });
  const answer = (text: string, overwrite: boolean, isFiltered: boolean): Wait =>
    send('chat/answer', { text, overwrite, isFiltered, timestamp: Date.now(), extra: answerExtra });
  const think = (text: string, thinkStep: 'start' | 'done'): Wait =>
    send('chat/think', { text, step: thinkStep, timestamp: Date.now(), extra: null });
  const end = (reason: string, statusCode: number, fullAnswer: string, members: object = {}): Wait => {
    if (switches.stepEnd === 'after') step('step_end');
    let wait: Wait;
    if (switches.chatFinish === 'always') {
      wait = send('chat/finish', { reason, statusCode, fullAnswer, extra: null, ...members });
    }
    if (toolsSeen) sync('', 'REQUEST_FINISHED', undefined, {});
    options.onEnd();
    return wait;
  };
  const sync = (toolCallId: string, toolCallStatus: string, call: ToolCall | undefined, more: object): Wait => {
    const name = switches.toolSyncName && call !== undefined ? { toolName: call.name } : {};
    return send('tool/call/sync', {
      ...{ projectPath: '', toolCallId, toolCallStatus, ...name },
      ...{
        parameters: call === undefined ? {} : toolParameters(call),
        results: [],
        errorCode: '',
        errorMsg: '',
        ...more,
      },
    });
  };

  return {
    thinking: switches.thinking === 'delta' || switches.thinking === 'cumulative' ? 'events' : switches.thinking,

    open() {
      let wait: Wait;
      if (switches.stepEnd !== 'none') wait = step('step_start');
      if (switches.stepEnd === 'before') wait = step('step_end');
      if (switches.titleUpdate && options.isNewSession) {
        const params = { sessionId: turn.session.id, sessionTitle: turn.session.title };
        wait = emit(lingma, turn.client, 'session/title/update', params);
      }
      return wait;
    },

    thought(delta) {
      if (switches.thinking === 'cumulative') thoughtSoFar += delta;
      return think(switches.thinking === 'cumulative' ? thoughtSoFar : delta, 'start');
    },
    thoughtEnd: () => think(switches.thinking === 'cumulative' ? thoughtSoFar : '', 'done'),

    answer(delta) {
      if (!options.stream) return undefined;
      const wait = answer(delta, false, false);
      return switches.emptyDeltas ? answer('', false, false) : wait;
    },
    overwrite: (text) => (options.stream ? answer(text, true, false) : undefined),
    filtered: () => answer('', true, true),

    async tool(call) {
      const toolCallId = newToolCallId();
      toolsSeen = true;
      if (switches.toolCards) answer(`\n\`\`\`toolCall::${call.name}::${toolCallId}::INIT\n\`\`\`\n`, false, false);
      sync(toolCallId, 'INIT', call, {});
      const outcome = await runNativeTool(lingma, turn, toolCallId, call, {
        ...(switches.toolApproval === 'ask'
          ? { ask: askForApproval(() => sync(toolCallId, 'PENDING', call, {})) }
          : {}),
        running: () => sync(toolCallId, 'RUNNING', call, {}),
      });
      const status = { finished: 'FINISHED', failed: 'ERROR', rejected: 'CANCELLED' }[outcome.kind];
      keepToolCall(turn, toolCallId, call, outcome, status);
      if (outcome.kind === 'finished') sync(toolCallId, status, call, { results: [outcome.result] });
      else if (outcome.kind === 'failed') {
        sync(toolCallId, status, call, { errorCode: 'tool_failed', errorMsg: outcome.message });
      } else sync(toolCallId, status, call, {});
    },

    // Not documented for this dialect.
    plan: () => undefined,

    usage(usedTokens, scripted) {
      if (switches.contextUsage === 'never' || (switches.contextUsage === 'auto' && !scripted)) return undefined;
      return send('context/usage/sync', { usedTokens, limitTokens: 131_072 });
    },

    finish(finish, fullAnswer) {
      const full = switches.fullAnswer === 'full' || !options.stream ? fullAnswer : '';
      return end(FINISH_REASON[finish], 200, full);
    },

    fail(failure: Failure, form: FailureForm) {
      if (form === 'rpc-error' && options.failRequest(failure)) return undefined;
      if (form === 'chat-error') {
        const wait = send('chat/error', {
          message: failure.message,
          error: { code: failure.status, message: failure.message },
          ...failure.members,
        });
        options.onEnd();
        return wait;
      }
      return end(failure.message, failure.status, '', failure.members);
    },
  };
}

/** Shows the question, then waits for `tool/call/approve`; no answer in time is a no. */
function askForApproval(show: () => void): (approval: Promise<boolean>, timeout: Promise<boolean>) => Promise<boolean> {
  return (approval, timeout) => {
    show();
    return Promise.race([approval, timeout]);
  };
}
