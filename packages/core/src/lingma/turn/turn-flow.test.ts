import { describe, expect, it } from 'vitest';
import type { ChatEvent } from '../../chat/index.js';
import { TurnFlow } from './turn-flow.js';

const piece = (length: number): ChatEvent => ({ type: 'text-delta', id: 't', delta: 'x'.repeat(length) });
const MIB = 1024 * 1024;

function aFlow() {
  const told: string[] = [];
  const flow = new TurnFlow({
    peer: { pause: () => told.push('pause'), resume: () => told.push('resume') },
    onOverflow: () => told.push('overflow'),
    onTaken: () => told.push('taken'),
  });
  return { flow, told };
}

describe('TurnFlow', () => {
  it('a reader who lags by a megabyte - holds the connection up until all is taken', async () => {
    const { flow, told } = aFlow();
    flow.push(piece(MIB / 2 - 100));
    expect([told, flow.held]).toEqual([[], true]);
    flow.push(piece(100));
    expect(told).toEqual(['pause']);
    await flow.read();
    expect([told, flow.held]).toEqual([['pause', 'resume', 'taken'], false]);
  });

  it('a reader who lags by 32 megabytes - overflows', () => {
    const { flow, told } = aFlow();
    for (let index = 0; index < 32; index++) flow.push(piece(MIB / 2 - 32));
    expect(told).toEqual(['pause']);
    flow.push(piece(1));
    expect(told).toEqual(['pause', 'overflow']);
  });

  it('letGo() - the connection goes on, and is not held up again', () => {
    const { flow, told } = aFlow();
    flow.push(piece(MIB));
    flow.letGo();
    flow.letGo();
    expect(told).toEqual(['pause', 'resume']);
    flow.push(piece(MIB));
    flow.push(piece(MIB));
    expect(told.filter((what) => what === 'pause')).toHaveLength(1);
  });

  it('discard() - what is unread is dropped, and the connection goes on', async () => {
    const { flow, told } = aFlow();
    flow.push(piece(MIB));
    flow.discard();
    expect([told, flow.held]).toEqual([['pause', 'resume'], false]);
    flow.push(piece(1));
    expect(await flow.read()).toBeUndefined();
  });

  it('fail() - after what is unread; a later end changes nothing', async () => {
    const { flow } = aFlow();
    flow.push(piece(1));
    flow.fail(new Error('boom'));
    flow.end();
    expect(await flow.read()).toHaveLength(1);
    await expect(flow.read()).rejects.toThrow('boom');
    await expect(flow.read()).rejects.toThrow('boom');
  });
});
