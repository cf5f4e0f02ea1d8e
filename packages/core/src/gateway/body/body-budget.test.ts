import { describe, expect, it } from 'vitest';
import { createBodyBudget } from './body-budget.js';

const full = expect.objectContaining({ code: 'rate_limited', status: 429, retryAfterMs: 2_000 });

describe('createBodyBudget()', () => {
  it('take() - up to the bound over all shares, and not a byte more', () => {
    const budget = createBodyBudget(100);
    const first = budget.open();
    const second = budget.open();
    first.take(60);
    second.take(40);
    expect(budget.held).toBe(100);
    expect(() => second.take(1)).toThrow(full);
    expect(budget.held).toBe(100);
    first.give(10);
    second.take(10);
    expect(budget.held).toBe(100);
  });

  it('release() - frees what the share holds, once, and whatever comes late', () => {
    const budget = createBodyBudget(100);
    const other = budget.open();
    other.take(30);
    const share = budget.open();
    share.take(50);
    share.release();
    share.release();
    share.take(20);
    share.give(50);
    expect(budget.held).toBe(30);
  });

  it('onRelease() - is called once, at once where all is released already', () => {
    const share = createBodyBudget(100).open();
    const called: string[] = [];
    share.onRelease(() => called.push('in time'));
    expect(called).toEqual([]);
    share.release();
    share.release();
    share.onRelease(() => called.push('late'));
    expect(called).toEqual(['in time', 'late']);
  });

  it('give() - never more than was taken', () => {
    const budget = createBodyBudget(100);
    budget.open().take(30);
    const share = budget.open();
    share.take(5);
    share.give(500);
    expect(budget.held).toBe(30);
  });
});
