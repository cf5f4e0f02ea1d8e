/** Which organisation a login goes on with: the account's own, else the personal one. Never one by guess. */
import { LoginFailure, type Organisation } from '../login-failure.js';

/**
 * The id to go on with; `''` is the personal account.
 *
 * @param offered by the page; empty: it did not say
 * @throws {@link LoginFailure} `needs_organisation` with what is offered
 */
export function chooseOrganisation(offered: readonly Organisation[], wanted: string | undefined): string {
  if (wanted !== undefined && wanted !== '') {
    if (offered.length === 0 || offered.some(({ id }) => id === wanted)) return wanted;
  } else {
    const [only] = offered;
    if (only === undefined || offered.some(({ id }) => id === '')) return '';
    if (offered.length === 1) return only.id;
  }
  throw new LoginFailure(
    'needs_organisation',
    wanted === undefined || wanted === ''
      ? 'The account belongs to several organisations: name one of them as org_id of the account'
      : 'The account does not belong to the organisation that its org_id names',
    { organisations: offered },
  );
}
