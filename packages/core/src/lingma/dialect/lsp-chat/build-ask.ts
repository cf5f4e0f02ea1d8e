/**
 * Builds the params of `chat/ask` (protocol sections 7.2 to 7.6): all 17 members of the plug-in's class, with the
 * values that were captured for each mode and product.
 */
import type { JsonObject } from '../../../util/index.js';
import type { DialectTurn } from '../../turn/turn-contract.js';

export function buildAsk(
  turn: DialectTurn,
  requestId: string,
  imageUrls: readonly string[],
  serverName: string,
): JsonObject {
  const isQoder = serverName.startsWith('qoder');
  const language = /[\u3400-\u9fff]/.test(turn.prompt) ? 'zh-cn' : 'en';
  const context = {
    ...(isQoder && { text: turn.prompt, localeLang: language, preferredLanguage: language }),
    ...(turn.currentFilePath !== '' && { activeFilePath: turn.currentFilePath, filePath: turn.currentFilePath }),
    ...(imageUrls.length > 0 && { imageUrls }),
  };
  const { toolConfig } = turn;
  // The process reads tools in agent mode only.
  const mode = toolConfig === undefined && turn.hasToolContext !== true ? turn.mode : 'agent';
  const extra = {
    ...(turn.modelKey !== undefined && { modelConfig: { key: turn.modelKey } }),
    // Where the process looks for it is not known; both places are harmless.
    ...(toolConfig !== undefined && { tool_config: toolConfig }),
  };
  return {
    requestId,
    sessionId: turn.sessionId,
    ...modeMembers(mode, isQoder),
    questionText: turn.prompt,
    stream: true,
    // A number, not a string.
    source: 1,
    isReply: turn.continues === true,
    codeLanguage: '',
    chatContext: Object.keys(context).length > 0 ? context : null,
    extra: Object.keys(extra).length > 0 ? extra : null,
    taskDefinitionType: 'system',
    targetAgent: '',
    pluginPayloadConfig: { isEnableProjectRule: false, isEnableAskAgent: false, isEnableAutoMemory: false },
    shellType: turn.shellType,
    customModel: null,
    ...(isQoder && { preferredLanguage: language, closeTypewriter: true }),
    ...(toolConfig !== undefined && { tool_config: toolConfig }),
  };
}

function modeMembers(mode: DialectTurn['mode'], isQoder: boolean): JsonObject {
  if (mode === 'agent') {
    return isQoder
      ? { mode: 'agent', sessionType: 'assistant', chatTask: 'free_input' }
      : { mode: 'agent', sessionType: 'ask', chatTask: 'chat' };
  }
  return { mode: 'chat', sessionType: 'chat', chatTask: isQoder ? 'free_input' : 'FREE_INPUT' };
}
