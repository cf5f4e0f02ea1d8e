import type { ClientConnection } from '../connection/client-connection.js';
import { RPC_CODE, RpcError, type RpcId } from '../connection/rpc.js';
import { isJsonObject, type JsonObject, stringMember } from '../json-object.js';
import type { Lingma } from '../process/process-state.js';
import { AUTH_METHODS } from './auth-methods.js';
import { type Call, type Handler, type MethodTable, NO_REPLY } from './call.js';
import { chatMethods } from './chat-methods.js';
import { configMethods } from './config-methods.js';
import { IMAGE_METHODS } from './image-methods.js';
import { initialize } from './initialize.js';
import { strikeMethod } from './method-fault.js';
import { SESSION_METHODS } from './session-methods.js';
import { TOOL_METHODS } from './tool-methods.js';

/** What a live client was seen to ask before `initialize`, and what is as harmless. */
const ALWAYS_SERVED: ReadonlySet<string> = new Set(['auth/status', 'ping', 'config/queryModels']);

/** Routes one decoded body of a client. */
export type Dispatch = (client: ClientConnection, body: string) => void;

/** The process's method tables behind the rules of protocol section 3. */
export function createDispatch(lingma: Lingma): Dispatch {
  const methods: MethodTable = {
    ...{ initialize, ...AUTH_METHODS, ...configMethods(), ...chatMethods() },
    ...{ ...SESSION_METHODS, ...TOOL_METHODS, ...IMAGE_METHODS },
  };
  return (client, body) => {
    let message: unknown;
    try {
      message = JSON.parse(body);
    } catch {
      lingma.recorder.addProtocolError('invalid JSON');
      return client.fail(null, RPC_CODE.parse, 'invalid JSON');
    }
    if (!isJsonObject(message)) {
      lingma.recorder.addProtocolError('message is no object');
      return client.fail(null, RPC_CODE.invalidRequest, 'invalid request');
    }
    if (typeof message.method === 'string') return receiveCall(lingma, methods, client, message.method, message);
    receiveReply(lingma, client, message);
  };
}

function receiveReply(lingma: Lingma, client: ClientConnection, message: JsonObject): void {
  const known = isJsonObject(message.error)
    ? client.settle(message.id, { kind: 'error', message: stringMember(message.error, 'message') })
    : client.settle(message.id, { kind: 'result', result: message.result });
  if (!known)
    lingma.recorder.addProtocolError(`answer to no request: ${isRpcId(message.id) ? message.id : typeof message.id}`);
}

function receiveCall(
  lingma: Lingma,
  methods: MethodTable,
  client: ClientConnection,
  method: string,
  message: JsonObject,
): void {
  lingma.recorder.countCall(method);
  const id = isRpcId(message.id) ? message.id : undefined;
  const fail = (code: number, text: string): void => {
    if (id === undefined) lingma.log(`err occur in ${method}, isReq: false, err: ${text}`);
    else client.fail(id, code, text);
  };
  if (lingma.switches.methodFaults !== '' && strikeMethod(lingma, client, method, id)) return;
  if (!client.initialized && method !== 'initialize') {
    const { beforeInitialize } = lingma.switches;
    if (beforeInitialize === 'hang') return;
    if (beforeInitialize === 'error' || !ALWAYS_SERVED.has(method)) {
      fail(RPC_CODE.notInitialized, 'server not initialized');
      return;
    }
  }
  const handler = handlerOf(lingma, methods, method);
  if (handler === 'silent') return;
  if (handler === undefined) {
    // `initialized` and `$/…` belong to LSP: unknown here, and no fault of the client.
    if (method !== 'initialized' && !method.startsWith('$/'))
      lingma.recorder.addProtocolError(`unknown method: ${method}`);
    fail(RPC_CODE.methodNotFound, id === undefined ? `unknown method: ${method}` : `method not found: ${method}`);
    return;
  }
  const params = message.params;
  if (!isJsonObject(params)) {
    lingma.recorder.addProtocolError(`params of ${method} are no object`);
    const target = method === 'config/queryModels' ? 'struct {}' : 'definition.EmptyRequest';
    fail(RPC_CODE.internal, `json: cannot unmarshal array into Go value of type ${target}`);
    return;
  }

  const after: (() => void)[] = [];
  const call: Call = { lingma, client, method, params, id, afterReply: (action) => void after.push(action) };
  try {
    const result = handler(call);
    if (result !== NO_REPLY && id !== undefined) client.reply(id, result);
  } catch (cause) {
    const text = cause instanceof Error ? cause.message : String(cause);
    fail(cause instanceof RpcError ? cause.code : RPC_CODE.internal, text);
    return;
  }
  for (const action of after) action();
}

function handlerOf(lingma: Lingma, methods: MethodTable, method: string): Handler | 'silent' | undefined {
  const { acp, lspChat, updateEndpoint } = lingma.switches;
  if (method === 'config/updateEndpoint' && !updateEndpoint) return undefined;
  if (method in SESSION_METHODS && acp !== 'present') return acp === 'silent' ? 'silent' : undefined;
  if (method === 'chat/ask' && lspChat !== 'present') return lspChat === 'silent' ? 'silent' : undefined;
  return Object.hasOwn(methods, method) ? methods[method] : undefined;
}

const isRpcId = (value: unknown): value is RpcId => typeof value === 'number' || typeof value === 'string';
