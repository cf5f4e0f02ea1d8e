/** Why a try to sign in has failed, in words that hold nothing of the account. */

export const LOGIN_FAILURE_CODES = [
  'wrong_password',
  'token_refused',
  'challenge',
  'account_locked',
  'terms_refused',
  'needs_organisation',
  'page_not_understood',
  /** Another main frame than the vendor's. */
  'navigation_refused',
  'browser_unavailable',
  /** It ended, or could not be started. */
  'browser_failed',
  /** `window.error_code` of the callback page was not 0. */
  'callback_refused',
  /** The address was used before, or is too old. */
  'login_nonce_used',
  'bad_login_url',
  'no_login_url',
  'endpoint_refused',
  'not_verified',
  'timeout',
  'process_unreachable',
  'no_way',
] as const;

/** Why a login has failed. */
export type LoginFailureCode = (typeof LOGIN_FAILURE_CODES)[number];

/** Shown to the operator who is to choose one. An empty id is the personal account. */
export interface Organisation {
  readonly id: string;
  readonly name: string;
}

/** Ends a try. {@link LoginFailure.retryable}: another one may succeed without anybody doing anything. */
export class LoginFailure extends Error {
  override readonly name = 'LoginFailure';
  readonly code: LoginFailureCode;
  readonly retryable: boolean;
  readonly organisations: readonly Organisation[] | undefined;

  /** `message`: a sentence for the operator, without address, name or secret. */
  constructor(
    code: LoginFailureCode,
    message: string,
    options: { readonly retryable?: boolean; readonly organisations?: readonly Organisation[] } = {},
  ) {
    super(message);
    this.code = code;
    this.retryable = options.retryable ?? RETRYABLE.has(code);
    this.organisations = options.organisations;
  }
}

const RETRYABLE: ReadonlySet<LoginFailureCode> = new Set([
  'browser_failed',
  'callback_refused',
  /** The address was used before, or is too old. */
  'login_nonce_used',
  'no_login_url',
  'not_verified',
  'timeout',
  'process_unreachable',
  'page_not_understood',
]);
