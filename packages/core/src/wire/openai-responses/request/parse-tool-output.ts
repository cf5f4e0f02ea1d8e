/** What a client's tool gave back: a string by the book, parts, or JSON of the tool's own. */
import type { ToolResultPart } from '../../../chat/index.js';
import { isJsonObject, type JsonObject, stringifyJson } from '../../../util/index.js';
import type { ContentValue } from './item-schema.js';
import { parseContent } from './parse-content.js';
import type { ParseContext } from './parse-context.js';

export function parseToolOutput(
  toolCallId: string,
  output: unknown,
  path: string,
  context: ParseContext,
): ToolResultPart {
  const failed = isJsonObject(output) && (output.success === false || output.is_error === true);
  return {
    type: 'tool-result',
    toolCallId,
    output: parseContent(toContent(output), path, context),
    isError: failed,
  };
}

function toContent(output: unknown): ContentValue {
  if (output === null || output === undefined) return '';
  if (typeof output === 'string') return output;
  if (Array.isArray(output)) {
    if (output.every(isShellOutput)) return output.map(shellText).join('\n');
    return output.every(isPart) ? (output as JsonObject[]) : stringifyJson(output);
  }
  // `{ content, success }`: how some agents tell success from failure.
  if (isJsonObject(output) && 'success' in output && (typeof output.content === 'string' || isParts(output.content))) {
    return output.content as ContentValue;
  }
  return isPart(output) ? [output] : stringifyJson(output);
}

const isPart = (value: unknown): value is JsonObject => isJsonObject(value) && typeof value.type === 'string';
const isParts = (value: unknown): boolean => Array.isArray(value) && value.every(isPart);

const isShellOutput = (value: unknown): value is JsonObject =>
  isJsonObject(value) && (typeof value.stdout === 'string' || typeof value.stderr === 'string');

function shellText(chunk: JsonObject): string {
  const outcome = isJsonObject(chunk.outcome) ? chunk.outcome : {};
  return [
    typeof chunk.stdout === 'string' ? chunk.stdout : '',
    typeof chunk.stderr === 'string' ? chunk.stderr : '',
    outcome.type === 'timeout' ? '[timed out]' : '',
    typeof outcome.exit_code === 'number' && outcome.exit_code !== 0 ? `[exit code ${outcome.exit_code}]` : '',
  ]
    .filter((line) => line !== '')
    .join('\n');
}
