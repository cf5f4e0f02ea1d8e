/** What keeps a Lingma from being fetched: a code for programs, a sentence for people. Neither holds a secret. */

export type BootstrapErrorCode =
  // Where it comes from.
  | 'unsupported_platform'
  | 'bad_url'
  | 'host_not_allowed'
  | 'private_address'
  | 'too_many_redirects'
  | 'http_status'
  | 'network'
  | 'stalled'
  | 'query_failed'
  | 'no_version'
  | 'no_file'
  // What came.
  | 'too_large'
  | 'wrong_length'
  | 'wrong_checksum'
  | 'wrong_version'
  | 'no_space'
  // What is in it: the rule that it breaks.
  | 'not_a_zip'
  | 'entry_name'
  | 'duplicate_name'
  | 'link'
  | 'device'
  | 'encrypted'
  | 'entry_size'
  | 'entry_ratio'
  | 'total_size'
  | 'entry_count'
  | 'entry_checksum'
  | 'compression_method'
  | 'no_platform'
  // What it does.
  | 'no_extension_runtime'
  | 'does_not_run'
  | 'no_binary'
  | 'cannot_write';

/** What an error is told beside its code. */
export interface BootstrapErrorOptions {
  readonly cause?: unknown;
  /** Asking once more may help. */
  readonly mayPass?: boolean;
}

/** Why there is no program to start, by code, and whether asking once more may help. */
export class BootstrapError extends Error {
  override readonly name = 'BootstrapError';
  readonly mayPass: boolean;

  constructor(
    readonly code: BootstrapErrorCode,
    message: string,
    { cause, mayPass = false }: BootstrapErrorOptions = {},
  ) {
    super(`${message} (${code})`, cause === undefined ? undefined : { cause });
    this.mayPass = mayPass;
  }
}

export const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

export const codeOf = (error: unknown): string | undefined => {
  const code = (error as { readonly code?: unknown } | undefined)?.code;
  return typeof code === 'string' ? code : undefined;
};

/** Told by the operating system, such as that a disk is full. */
export const isOfSystem = (error: unknown): boolean =>
  error instanceof Error && 'syscall' in error && codeOf(error) !== undefined;

/** What keeps `path` from being written, by its own code where the disk is full. */
export function writeError(path: string, cause: unknown): BootstrapError {
  if (cause instanceof BootstrapError) return cause;
  const isFull = ['ENOSPC', 'EDQUOT'].includes(codeOf(cause) ?? '');
  if (isFull) return new BootstrapError('no_space', 'The disk is full', { cause });
  return new BootstrapError('cannot_write', `${path} cannot be written: ${reasonOf(cause)}`, { cause });
}
