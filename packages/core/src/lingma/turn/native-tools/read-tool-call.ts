/** `tool/invoke` and `tool/call/sync` params under the names of the protocol's sections 9.1 and 9.4, whatever a version calls them (9.6). */
import type { JsonObject } from '../../../util/index.js';
import { stringOf } from '../../protocol/turn-end.js';
import type { CallSighting } from './native-tool-calls.js';

/** The same params; `toolCallId`, `name`, `parameters` and `toolCallStatus` are filled in from their other names. */
export function toolCallParams(params: JsonObject): JsonObject {
  const toolCallId = stringOf(params.toolCallId) ?? stringOf(params.callId) ?? stringOf(params.id);
  const name = stringOf(params.name) ?? stringOf(params.toolName);
  const parameters = params.parameters ?? params.arguments ?? params.input ?? params.rawInput;
  const status = stringOf(params.toolCallStatus) ?? stringOf(params.status);
  return {
    ...params,
    ...(toolCallId !== undefined && { toolCallId }),
    ...(name !== undefined && { name }),
    ...(parameters !== undefined && { parameters }),
    ...(status !== undefined && { toolCallStatus: status.toUpperCase() }),
  };
}

/** What a `tool/invoke` says of its call; `nameOf`: what is known of calls that come without a name. */
export function invokeSighting(
  params: JsonObject,
  nameOf: (id: string) => string | undefined = () => undefined,
): CallSighting {
  const { toolCallId, name, parameters } = toolCallParams(params);
  const id = stringOf(toolCallId) ?? '';
  return {
    ...(id !== '' && { id }),
    name: stringOf(name) ?? nameOf(id) ?? '',
    ...(parameters !== undefined && { input: parameters }),
    complete: true,
  };
}
