/** `tool_calls` and `function_call` of a replayed answer → the model's calls. */
import type { ToolCallPart } from '../../chat/index.js';
import { jsonInput, textInput } from '../request/call-input.js';
import { invalidRequest, parseAt } from '../request/parse-schema.js';
import type { RequestWarnings } from '../request/request-warnings.js';
import { checkFields } from '../request/unknown-fields.js';
import { functionCall, toolCall } from './message-schema.js';

/** @throws GatewayError `invalid_request` for a call that names no tool */
export function parseCall(value: unknown, path: string, idIfNone: string, warnings: RequestWarnings): ToolCallPart {
  const call = parseAt(toolCall, value, path);
  checkFields(call, toolCall, path, warnings);
  const toolCallId = call.id === null || call.id === undefined || call.id === '' ? idIfNone : call.id;
  if (call.custom !== null && call.custom !== undefined) {
    const { name, input } = call.custom;
    return { type: 'tool-call', toolCallId, toolName: name, input: textInput(input), kind: 'custom' };
  }
  if (call.function === null || call.function === undefined) {
    throw invalidRequest(`${path}.function`, `Missing required parameter: '${path}.function'.`);
  }
  const { name, arguments: input } = call.function;
  return { type: 'tool-call', toolCallId, toolName: name, input: jsonInput(input), kind: 'function' };
}

/** The older form, which has no ids. */
export function parseLegacyCall(value: unknown, path: string, toolCallId: string): ToolCallPart {
  const { name, arguments: input } = parseAt(functionCall, value, path);
  return { type: 'tool-call', toolCallId, toolName: name, input: jsonInput(input), kind: 'function' };
}
