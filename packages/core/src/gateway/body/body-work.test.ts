import { describe, expect, it } from 'vitest';
import { GatewayError } from '../../chat/index.js';
import { createBodyWork } from './body-work.js';

const never = new AbortController().signal;
const MEGABYTE = 1_000_000;

describe('createBodyWork()', () => {
  it('turn() - large bodies one after the other, with room for everything else between them', async () => {
    const work = createBodyWork({ queueTimeoutMs: 30_000 });
    const order: string[] = [];
    const large = [1, 2, 3].map(async (body) => {
      await work.turn(MEGABYTE);
      order.push(`body ${body}`);
    });
    // Whatever else comes up is served between the bodies, not after all of them.
    const others = (async () => {
      for (let index = 0; index < 3; index++) {
        await new Promise((resolve) => setImmediate(resolve));
        order.push('other');
      }
    })();
    await Promise.all([...large, others]);
    expect(order.filter((entry) => entry !== 'other')).toEqual(['body 1', 'body 2', 'body 3']);
    expect(order.indexOf('other')).toBeLessThan(order.indexOf('body 2'));
  });

  it('turn() - a small body waits for nobody', async () => {
    const work = createBodyWork({ queueTimeoutMs: 30_000 });
    let largeDone = false;
    const large = work.turn(MEGABYTE).then(() => {
      largeDone = true;
    });
    await work.turn(1_000);
    expect(largeDone).toBe(false);
    await large;
  });

  it('unpack() - two at a time, and a failure frees its place', async () => {
    const work = createBodyWork({ queueTimeoutMs: 30_000 });
    const running: (() => void)[] = [];
    const results = Array.from({ length: 6 }, (_, index) =>
      work.unpack(async () => {
        await new Promise<void>((resolve) => running.push(resolve));
        if (index === 0) throw new Error('damaged');
        return index;
      }, never),
    );
    const all = Promise.allSettled(results);
    for (let finished = 0; finished < 6; finished++) {
      await expect.poll(() => running.length).toBe(Math.min(6, finished + 2));
      running[finished]?.();
    }
    expect((await all).map((result) => (result.status === 'fulfilled' ? result.value : 'failed'))).toEqual([
      'failed',
      1,
      2,
      3,
      4,
      5,
    ]);
  });

  it('unpack(), the client goes while it waits - ends with the reason, and never begins', async () => {
    const work = createBodyWork({ queueTimeoutMs: 30_000 });
    const running: (() => void)[] = [];
    const others = Array.from({ length: 2 }, () =>
      work.unpack(() => new Promise<void>((resolve) => running.push(resolve)), never),
    );
    const client = new AbortController();
    const gone = new GatewayError('client_closed', 'gone');
    let begun = false;
    const late = work.unpack(async () => {
      begun = true;
    }, client.signal);
    client.abort(gone);
    await expect(late).rejects.toBe(gone);
    for (const finish of running) finish();
    await Promise.all(others);
    expect(begun).toBe(false);
  });
});
