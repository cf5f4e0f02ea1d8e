/** Tools that a protocol's own servers would run, and what is said to a request that cannot do without one. */
import type { JsonObject } from '../../util/index.js';
import { invalidRequest } from '../request/parse-schema.js';

/** Types and names, whatever date or preview they carry: `web_search_20250305`, `computer_use_preview`. */
const HOSTED =
  /^(?:web_search|web_fetch|file_search|code_interpreter|code_execution|computer|computer_use|image_generation|mcp|mcp_toolset|tool_search(?:_tool)?|retrieval|browser|google_search|programmatic_tool_calling|advisor)(?:_(?:preview|bm25|regex|call|\d[\d_]*))*$/;

export const isHostedTool = (word: string): boolean => HOSTED.test(word);

/** The words by which a choice may name a declaration that was left out: its type, and a name of its own. */
export function hostedNames(declared: JsonObject): string[] {
  return [declared.type, declared.name, declared.server_label].filter((word) => typeof word === 'string');
}

/**
 * A demanded call that cannot come. To say that there is no such tool would send people looking for a mistake of theirs.
 *
 * @param leftOut what {@link hostedNames} gave for the declarations that were left out
 * @throws GatewayError `invalid_request` when `word` means one of them
 */
export function refuseHosted(word: string, leftOut: readonly string[], path: string): void {
  if (!leftOut.includes(word) && !isHostedTool(word)) return;
  throw invalidRequest(
    path,
    `The tool '${word}' is not available: it runs on the API's own servers, which are not behind this gateway. Its call cannot be demanded.`,
  );
}
