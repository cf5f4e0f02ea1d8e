import { expect, it } from 'vitest';
import type { LoginReport, LoginService } from '../../lingma/index.js';
import type { InstanceState, LingmaPool } from '../../pool/index.js';
import { silentLogger } from '../../util/index.js';
import { composeLogin } from './compose-login.js';

function stateOf(state: InstanceState, loggedIn: boolean | undefined, report?: Pick<LoginReport, 'state' | 'running'>) {
  const pool = { status: () => ({ instances: [{ name: 'a', idx: 0, state, loggedIn }] }) };
  const service = { report: () => report, nextRetryAt: () => undefined };
  const login = composeLogin(
    pool as unknown as LingmaPool,
    service as unknown as LoginService,
    { enabled: true, maxAttempts: 2, hasBundle: () => false, userOf: () => undefined },
    silentLogger,
  );
  const { loggedIn: told, state: name } = login.view('a');
  return [told, name];
}

it.each<[InstanceState, boolean | undefined, string]>([
  ['starting', true, 'idle'],
  ['ready', true, 'logged_in'],
  ['ready', false, 'needed'],
  ['ready', undefined, 'idle'],
])(
  'a process that is %s and says %s - %s: nobody is told of a login before it can be asked for',
  (state, told, name) => {
    expect(stateOf(state, told)).toEqual([name === 'logged_in', name]);
  },
);

it('a login that runs while the process starts anew - says how far it is', () => {
  expect(stateOf('starting', undefined, { state: 'verifying', running: true })).toEqual([false, 'verifying']);
});
