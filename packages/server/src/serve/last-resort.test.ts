import { EventEmitter } from 'node:events';
import type { Logger } from '@lingma-gateway/core';
import { describe, expect, it } from 'vitest';
import { keepServing } from './last-resort.js';

function start() {
  const lines: { message: string; fields: Record<string, unknown> }[] = [];
  const logger = {
    error: (message: string, fields: Record<string, unknown> = {}) => lines.push({ message, fields }),
  } as unknown as Logger;
  const process = new EventEmitter();
  return { lines, process, stop: keepServing(logger, process) };
}

describe('keepServing()', () => {
  it('what nobody caught - is told with its place', () => {
    const { lines, process } = start();
    process.emit('uncaughtException', new RangeError('Maximum call stack size exceeded'));
    process.emit('unhandledRejection', Object.assign(new Error('read'), { code: 'EIO' }));
    expect(lines.map(({ fields }) => fields)).toMatchObject([
      { kind: 'exception', type: 'RangeError', message: 'Maximum call stack size exceeded', count: 1 },
      { kind: 'rejection', type: 'Error', code: 'EIO' },
    ]);
    expect(JSON.stringify(lines[0]?.fields.at)).toContain('last-resort.test');
  });

  it('the same again and again - is counted, not repeated', () => {
    const { lines, process } = start();
    for (let count = 0; count < 250; count++) process.emit('uncaughtException', new Error('again'));
    expect(lines.map(({ fields }) => fields.count)).toEqual([1, 10, 100]);
  });

  it('a text without end, things that are no errors, errors that throw - bounded, and no throw', () => {
    const { lines, process } = start();
    const hostile = Object.defineProperty(new Error('x'), 'stack', {
      get: () => {
        throw new Error('no');
      },
    });
    for (const thrown of ['x'.repeat(1e6), undefined, null, new Error('y'.repeat(1e6)), hostile, { toString: 1 }]) {
      process.emit('unhandledRejection', thrown);
    }
    expect(JSON.stringify(lines).length).toBeLessThan(10_000);
    expect(JSON.stringify(lines)).not.toContain('xxxx');
  });

  it('a reader that is gone - nothing to tell', () => {
    const { lines, process } = start();
    process.emit('uncaughtException', Object.assign(new Error('write EPIPE'), { code: 'EPIPE' }));
    expect(lines).toEqual([]);
  });

  it('a logger that throws - does not matter', () => {
    const process = new EventEmitter();
    const logger = {
      error: () => {
        throw new Error('disk full');
      },
    } as unknown as Logger;
    keepServing(logger, process);
    expect(() => process.emit('uncaughtException', new Error('a'))).not.toThrow();
  });

  it('taken back - no handler is left', () => {
    const { process, stop } = start();
    stop();
    expect(process.listenerCount('uncaughtException') + process.listenerCount('unhandledRejection')).toBe(0);
  });
});
