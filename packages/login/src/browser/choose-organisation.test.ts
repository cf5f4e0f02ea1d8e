import { describe, expect, it } from 'vitest';
import type { Organisation } from '../login-failure.js';
import { chooseOrganisation } from './choose-organisation.js';

const PERSONAL: Organisation = { id: '', name: '个人' };
const ACME: Organisation = { id: 'org-1', name: 'Acme' };
const LABS: Organisation = { id: 'org-2', name: 'Labs' };

describe('chooseOrganisation()', () => {
  it.each<[string, readonly Organisation[], string | undefined, string]>([
    ['the one that is named', [PERSONAL, ACME, LABS], 'org-2', 'org-2'],
    ['the personal account', [ACME, PERSONAL], undefined, ''],
    ['an empty id: the personal account', [ACME, PERSONAL], '', ''],
    ['the only one', [ACME], undefined, 'org-1'],
    ['a page that does not say', [], undefined, ''],
    ['a page that does not say, one named', [], 'org-1', 'org-1'],
  ])('%s - is taken', (_, offered, wanted, expected) => {
    expect(chooseOrganisation(offered, wanted)).toBe(expected);
  });

  it.each<[string, readonly Organisation[], string | undefined]>([
    ['one that is not offered', [PERSONAL, ACME], 'org-9'],
    ['several, and no personal account', [ACME, LABS], undefined],
  ])('%s - the operator is asked', (_, offered, wanted) => {
    expect(() => chooseOrganisation(offered, wanted)).toThrow(
      expect.objectContaining({ code: 'needs_organisation', organisations: offered }),
    );
  });
});
