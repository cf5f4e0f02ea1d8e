/** What an agent's own program says in the form of a piece of the answer, which the model has not said. */
import type { JsonValue } from '../../../util/index.js';
import { JsonRpcError } from '../../jsonrpc/peer.js';
import { readFailure } from '../../protocol/failure-detail.js';

/**
 * What codex-acp says in front of an answer about its own settings: a paragraph of its own, in one piece, before the model
 * has said anything.
 */
export function isRemark(text: string, agent: string): boolean {
  return (
    /codex/i.test(agent) &&
    (/^Warning: [\s\S]*\n\n$/.test(text) || /^Model metadata for `[^`]*` not found\./.test(text))
  );
}

/** The model ran into its limit of output (codex-acp, claude-agent-acp): said in a piece of its own. */
export function isCutOffNotice(text: string): boolean {
  return CUT_OFF_NOTICE.test(text);
}

const CUT_OFF_NOTICE =
  /^(Incomplete response returned, reason: max_output_tokens|API Error: [^\n]{0,80}exceeded the \d+ output token maximum[^\n]{0,200})\s*$/;

/** The same as the error that ends the turn. */
export function isCutOffError(thrown: unknown): boolean {
  if (!(thrown instanceof JsonRpcError)) return false;
  return /max_output_tokens|output token maximum/.test(readFailure(thrown.message, thrown.data as JsonValue).text);
}
