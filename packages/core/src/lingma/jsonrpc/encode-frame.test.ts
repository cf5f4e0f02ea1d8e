import { Buffer } from 'node:buffer';
import { describe, expect, it } from 'vitest';
import { encodeFrame } from './encode-frame.js';

describe('encodeFrame()', () => {
  it.each([
    ['short and plain', 'token '],
    ['short, of several bytes a character', 'Zug €, 通义灵码, 😀, \u0085'],
    ['long and plain', 'token '.repeat(2000)],
    ['long, of several bytes a character', '通义灵码 '.repeat(2000)],
    ['too long for the shared buffer', '通义灵码 '.repeat(100_000)],
  ])('%s - the header says the bytes of the body', (_name, text) => {
    const body = JSON.stringify({ jsonrpc: '2.0', params: { text } });
    const frame = Buffer.from(encodeFrame({ jsonrpc: '2.0', params: { text } })).toString('utf8');
    expect(frame).toBe(`Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
  });

  it('one frame after another - have bytes of their own', () => {
    const first = encodeFrame({ text: 'a'.repeat(5000) });
    encodeFrame({ text: 'b'.repeat(6000) });
    expect(Buffer.from(first).toString('latin1')).toContain(`"${'a'.repeat(5000)}"`);
  });
});
