/** What a turn under test says, to its end. */
import { type ChatResult, checkGrammar, collectResult, type GatewayError, withStages } from '../../../chat/index.js';
import type { RunningTurn } from '../../turn/turn-contract.js';

interface WithRun {
  readonly run: RunningTurn;
}

export const result = ({ run }: WithRun): Promise<ChatResult> =>
  collectResult(withStages(run.events, [checkGrammar()]));

/** What it fails with; rejects when it does not. */
export const failure = (started: WithRun): Promise<GatewayError> =>
  result(started).then(
    () => Promise.reject(new Error('no failure')),
    (error) => error,
  );

/** `text: …`, `reasoning: …`, a line a block. */
export async function texts(started: WithRun): Promise<readonly string[]> {
  const { content } = await result(started);
  return content.map((block) => [block.type, 'text' in block ? block.text : ''].join(': '));
}
