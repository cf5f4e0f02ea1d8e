/** What becomes of a login when something happens to it: one pure table. It starts nothing and reads no clock. */
import { isLoginRunning, type LoginStateName } from '@lingma-gateway/core';
import type { BrowserState } from '../browser-way.js';
import type { LoginFailureCode } from '../login-failure.js';

export type LoginEvent =
  | { readonly type: 'begin' }
  /** Another try of the same login. */
  | { readonly type: 'retry' }
  | { readonly type: 'browser'; readonly state: BrowserState }
  /** A person has the address and signs in somewhere. */
  | { readonly type: 'invited' }
  | { readonly type: 'verify' }
  | { readonly type: 'verified' }
  | { readonly type: 'failed'; readonly code: LoginFailureCode }
  | { readonly type: 'cancelled' };

/** Where a failure leaves an instance that is not tried again. All others are `failed`. */
const AFTER_FAILURE: Partial<Record<LoginFailureCode, LoginStateName>> = {
  challenge: 'needs_attention',
  account_locked: 'needs_attention',
  terms_refused: 'needs_attention',
  needs_organisation: 'needs_organisation',
  browser_unavailable: 'unavailable',
  no_way: 'needed',
};

/** A pair that means nothing keeps the state: what was cancelled is not woken by a browser that closes. */
export function nextLoginState(state: LoginStateName, event: LoginEvent): LoginStateName {
  if (event.type === 'begin') return 'starting';
  if (!isLoginRunning(state)) return state;
  switch (event.type) {
    case 'retry':
      return 'starting';
    case 'browser':
      return state === 'verifying' || state === 'waiting_for_paste' ? state : event.state;
    case 'invited':
      return state === 'starting' ? 'waiting_for_paste' : state;
    case 'verify':
      return 'verifying';
    case 'verified':
      return state === 'verifying' ? 'logged_in' : state;
    case 'failed':
      return AFTER_FAILURE[event.code] ?? 'failed';
    case 'cancelled':
      return 'cancelled';
  }
}

/** Ends that another try changes nothing about unless a person does something first. */
export const needsPerson = (state: LoginStateName): boolean =>
  ['needs_attention', 'needs_organisation', 'unavailable', 'cancelled', 'needed'].includes(state);
