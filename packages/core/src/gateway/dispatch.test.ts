import { describe, expect, it, vi } from 'vitest';
import { type AccessTier, createAccess } from './access/auth.js';
import { createDispatch } from './dispatch.js';
import type { Route } from './router.js';
import { aContext, StepClock } from './testing/a-context.js';

const access = createAccess({ clientKeys: ['client'], adminToken: 'root', metricsToken: 'm', clock: new StepClock() });
const ANSWER = { status: 200, headers: {}, body: null };

async function ask(tier: AccessTier, key: string | undefined, closing = false) {
  const handle = vi.fn(async () => ANSWER);
  const route: Route = { name: 'test', method: 'POST', path: '/test', access: tier, handle };
  const dispatch = createDispatch({ access, isClosing: () => closing });
  const { context } = aContext(key === undefined ? {} : { headers: { authorization: `Bearer ${key}` } });
  const outcome = await dispatch({ type: 'found', route, params: {} }, context).then(
    () => context.principal.id,
    (error: { code: string }) => error.code,
  );
  expect(handle).toHaveBeenCalledTimes(outcome === context.principal.id ? 1 : 0);
  return outcome;
}

describe('createDispatch()', () => {
  it.each([
    ['open', undefined, 'anonymous'],
    ['client', 'client', expect.stringMatching(/^[0-9a-f]{16}$/)],
    ['client', 'root', 'unauthenticated'],
    ['admin', 'root', 'admin'],
    ['admin', 'client', 'unauthenticated'],
    ['metrics', 'm', 'metrics'],
    ['metrics', undefined, 'unauthenticated'],
  ] as const)('a route of tier %s, asked with %s - %s', async (tier, key, outcome) => {
    expect(await ask(tier, key)).toEqual(outcome);
  });

  it('while shutting down - client routes are refused, the others answer', async () => {
    expect(await ask('client', 'client', true)).toBe('shutting_down');
    expect(await ask('client', undefined, true)).toBe('unauthenticated');
    expect(await ask('open', undefined, true)).toBe('anonymous');
    expect(await ask('admin', 'root', true)).toBe('admin');
    expect(await ask('metrics', 'm', true)).toBe('metrics');
  });
});
