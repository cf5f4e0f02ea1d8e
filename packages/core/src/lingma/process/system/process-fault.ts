/** Why a managed process does not run: what the log and the operator are told beyond the words for clients. */
import { GatewayError } from '../../../chat/index.js';

export interface ProcessFaultOptions {
  /** Starting it again changes nothing until somebody does something about it. */
  readonly permanent?: boolean;
  /** The last lines of its output. */
  readonly output?: readonly string[];
  readonly cause?: unknown;
}

/** `cause` of the {@link GatewayError}s of this folder. Holds paths and output: for the log and the operator alone. */
export class ProcessFault extends Error {
  override readonly name = 'ProcessFault';
  readonly permanent: boolean;
  readonly output: readonly string[];

  constructor(message: string, { permanent = false, output = [], cause }: ProcessFaultOptions = {}) {
    const text = output.length === 0 ? message : `${message}; its last output:\n${output.join('\n')}`;
    super(text, cause === undefined ? undefined : { cause });
    this.permanent = permanent;
    this.output = output;
  }
}

/** `message` is for clients, `detail` for the log. Official clients are told not to repeat what will not change. */
export function processError(message: string, detail: string, options: ProcessFaultOptions = {}): GatewayError {
  const cause = new ProcessFault(detail, options);
  return new GatewayError('not_ready', message, { cause, ...(cause.permanent && { shouldRetry: false as const }) });
}

export function isPermanent(error: unknown): boolean {
  return GatewayError.isInstance(error) && error.cause instanceof ProcessFault && error.cause.permanent;
}
