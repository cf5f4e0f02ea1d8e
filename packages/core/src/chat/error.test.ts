import { describe, expect, it, vi } from 'vitest';
import { GatewayError } from './error.js';

/** The same module once more, as with a copy of the package for each kind of modules. */
async function otherCopy(): Promise<typeof import('./error.js')> {
  vi.resetModules();
  return import('./error.js');
}

describe('GatewayError', () => {
  it('instanceof - knows those of another copy of the package, and nothing else', async () => {
    const other = await otherCopy();
    expect(other.GatewayError).not.toBe(GatewayError);
    const theirs = new other.GatewayError('rate_limited', 'Too many');
    expect(theirs instanceof GatewayError).toBe(true);
    expect(new GatewayError('internal', 'Ours') instanceof other.GatewayError).toBe(true);
    for (const value of [new Error('no'), { code: 'internal', status: 500 }, undefined, null, 'GatewayError']) {
      expect(value instanceof GatewayError).toBe(false);
    }
  });

  it('instanceof a class that extends it - holds for those of that class alone', () => {
    class BillingError extends GatewayError {}
    const billing = new BillingError('quota_exceeded', 'Pay first');
    expect([billing instanceof BillingError, billing instanceof GatewayError]).toEqual([true, true]);
    expect(new GatewayError('internal', 'Other') instanceof BillingError).toBe(false);
  });

  it('an error of another copy - passes through as it is', async () => {
    const other = await otherCopy();
    const theirs = new other.GatewayError('not_ready', 'Starting', { retryAfterMs: 5 });
    const { toGatewayError, abortReason } = await import('./error.js');
    expect(toGatewayError(theirs)).toBe(theirs);
    expect(abortReason(theirs)).toBe(theirs);
  });
});
