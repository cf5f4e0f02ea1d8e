/** `config/*`: settings and the model list. */

import { internalError } from '../connection/rpc.js';
import { stringMember } from '../json-object.js';
import { modelsResult } from '../process/model-catalog.js';
import type { Handler, MethodTable } from './call.js';

const GLOBAL_CONFIG = {
  proxyMode: 'system',
  commandDenyList: [],
  mcpAutoRun: false,
  terminalRunMode: 'ask',
  webToolsExecutionMode: 'ask',
  askModeUseTools: true,
  browserRunMode: 'ask',
  browserToolsRunMode: 'ask',
};

const fail =
  (message: string): Handler =>
  () => {
    throw internalError(message);
  };

const answering = (result: unknown, methods: readonly string[]): MethodTable =>
  Object.fromEntries(methods.map((method) => [method, () => result]));

/** Models, settings, and the small methods whose results or errors were captured (protocol sections 3.2, 6 and 7.16). */
export function configMethods(): MethodTable {
  let modelCalls = 0;
  return {
    'config/queryModels': ({ lingma }) => {
      modelCalls += 1;
      if (lingma.login.user() === undefined || modelCalls <= lingma.switches.modelsEmptyCalls) return {};
      return modelsResult(lingma.models(), lingma.switches.modelsShape);
    },
    'config/getGlobal': () => GLOBAL_CONFIG,
    'config/getEndpoint': ({ lingma }) => ({ endpoint: lingma.service.endpoint }),
    'config/updateEndpoint': ({ lingma, params }) => {
      lingma.service.endpoint = stringMember(params, 'endpoint');
      return { success: true };
    },
    ping: () => ({ success: true }),
    'extension/query': () => ({ commands: [], commandShowPosition: {}, commandShowOrder: [], contextProviders: [] }),
    'task/list': () => [],
    // Methods that answered in a capture which kept their names alone (protocol section 7.16).
    ...answering({}, [
      ...['dataPolicy/query', 'feature/getFeatureFlags', 'model/getByokConfig', 'wiki/getStatus', 'statistics/general'],
      ...['webview/mcpSetting/overview', 'webview/memory/count'],
    ]),
    ...answering([], ['kb/list', 'extension/contextProvider/loadComboBoxItems', 'snapshot/listBySession']),
    'user/plan': fail('failed to get user plan info: HTTP status 404'),
    'credit/usage': fail('get user credit info error: HTTP status 400'),
    'webview/projectRule/list': fail('cannot get workspace folder'),
    'model/queryClasses': fail('no model config for scene: '),
    'integration/vcs/connections': fail('failed to get connection: Invalid data format'),
    'integration/vcs/repository/permission': fail('git remotes is empty'),
  };
}
