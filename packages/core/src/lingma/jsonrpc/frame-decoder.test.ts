import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { GatewayError } from '../../chat/index.js';
import { encodeFrame } from './encode-frame.js';
import { FrameDecoder } from './frame-decoder.js';

const LIMIT = 1024 * 1024;

/** Feeds the pieces and returns the bodies. */
function decode(pieces: readonly Uint8Array[], maxFrameBytes = LIMIT): string[] {
  const decoder = new FrameDecoder({ maxFrameBytes });
  const bodies: string[] = [];
  for (const piece of pieces) decoder.push(piece, (body) => bodies.push(body));
  return bodies;
}

function bytesOf(text: string): Buffer {
  return Buffer.from(text, 'utf8');
}

/** Cuts at every given offset. */
function cutAt(stream: Buffer, offsets: readonly number[]): Buffer[] {
  const sorted = [...offsets].map((offset) => offset % (stream.length + 1)).sort((a, b) => a - b);
  const starts = [0, ...sorted];
  return starts.map((start, index) => stream.subarray(start, starts[index + 1] ?? stream.length));
}

const lineEnd = fc.constantFrom('\r\n', '\n');
const headerName = fc
  .array(fc.boolean(), { minLength: 14, maxLength: 14 })
  .map((upper) => [...'content-length'].map((c, index) => (upper[index] ? c.toUpperCase() : c)).join(''));
const otherHeader = fc.constantFrom(
  'Content-Type: application/vscode-jsonrpc; charset=utf-8',
  'X-Content-Length: 7',
  'Content-Length-Hint: 9',
  'content-lengt: 3',
  'x:',
);
const body = fc.oneof(
  fc.string({ unit: 'binary', minLength: 1, maxLength: 300 }),
  fc.constantFrom('通义灵码', '🙂🙂', '{}'),
);

/** One frame in any spelling a peer may choose, with the body it should give. */
const frame = fc
  .record({
    name: headerName,
    ends: fc.tuple(lineEnd, lineEnd, lineEnd, lineEnd),
    before: fc.option(otherHeader, { nil: undefined }),
    after: fc.option(otherHeader, { nil: undefined }),
    gap: fc.constantFrom('', ' ', '\t', '   '),
    // A lone surrogate has no UTF-8 form.
    body: body.map((text) => Buffer.from(text).toString()),
  })
  .map(({ name, ends, before, after, gap, body }) => {
    const lines = [
      before === undefined ? '' : before + ends[0],
      `${name}:${gap}${Buffer.byteLength(body)}${gap}${ends[1]}`,
      after === undefined ? '' : after + ends[2],
      ends[3],
    ];
    return { bytes: bytesOf(lines.join('') + body), body };
  });

describe('FrameDecoder', () => {
  it('push() - gives the bodies of any frames, cut and merged anywhere', () => {
    fc.assert(
      fc.property(fc.array(frame, { maxLength: 8 }), fc.array(fc.nat()), (frames, offsets) => {
        const stream = Buffer.concat(frames.map(({ bytes }) => bytes));
        expect(decode(cutAt(stream, offsets))).toEqual(frames.map((each) => each.body));
      }),
      { numRuns: 300 },
    );
  });

  it('push() - gives the same for two pieces, whatever byte the cut is at', () => {
    const stream = Buffer.concat([
      encodeFrame({ method: 'chat/answer', text: '你好，世界 🙂' }),
      bytesOf('content-TYPE: x\ncOnTeNt-LeNgTh: 6\r\n\n灵码'),
      encodeFrame({ last: true }),
    ]);
    const whole = decode([stream]);
    expect(whole).toHaveLength(3);
    for (let offset = 0; offset <= stream.length; offset++) {
      expect(decode([stream.subarray(0, offset), stream.subarray(offset)])).toEqual(whole);
    }
    expect(decode(Array.from(stream, (byte) => Uint8Array.of(byte)))).toEqual(whole);
  });

  it('push() - reverses encodeFrame for any JSON', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (params) => {
        const message = JSON.parse(JSON.stringify({ params }));
        expect(decode([encodeFrame(message)]).map((text) => JSON.parse(text))).toEqual([message]);
      }),
    );
  });

  it('push() - keeps nothing of a chunk whose memory is used again', () => {
    const stream = Buffer.from(encodeFrame({ text: 'a body that arrives in two pieces' }));
    const decoder = new FrameDecoder({ maxFrameBytes: LIMIT });
    const bodies: string[] = [];
    const reused = Buffer.from(stream.subarray(0, 30));
    decoder.push(reused, (text) => bodies.push(text));
    reused.fill(0x58);
    decoder.push(stream.subarray(30), (text) => bodies.push(text));
    expect(bodies).toEqual(['{"text":"a body that arrives in two pieces"}']);
  });

  it('push() - takes bytes that are a view into a larger buffer', () => {
    const stream = encodeFrame({ a: 1 });
    const larger = new Uint8Array(stream.length + 20);
    larger.set(stream, 10);
    expect(decode([larger.subarray(10, 10 + stream.length)])).toEqual(['{"a":1}']);
  });

  it('push() - passes over empty bodies and empty lines between frames', () => {
    const stream = bytesOf(
      '\r\n\r\nContent-Length: 0\r\n\r\n\nContent-Length: 2\r\n\r\n{}\r\n\r\ncontent-length: 1\n\n1',
    );
    expect(decode([stream])).toEqual(['{}', '1']);
  });

  it('push() - copies a large frame in small pieces only a few times', () => {
    const size = 64 * 1024 * 1024;
    const piece = Buffer.alloc(1024, 'x');
    const decoder = new FrameDecoder({ maxFrameBytes: size });
    let length = 0;
    decoder.push(bytesOf(`Content-Length: ${size}\r\n\r\n`), () => undefined);
    for (let sent = 0; sent < size; sent += piece.length) decoder.push(piece, (text) => (length = text.length));
    // Copying all that was gathered for every piece would move 2 TiB and end in the time limit.
    expect(length).toBe(size);
  });

  it('push() - does not set memory aside for a length that is only announced', () => {
    const decoder = new FrameDecoder({ maxFrameBytes: 2 ** 40 });
    decoder.push(bytesOf(`Content-Length: ${2 ** 39}\r\n\r\nonly this`), () => undefined);
  });

  it('push() - delivers the bodies before an oversized frame, then fails for good', () => {
    const decoder = new FrameDecoder({ maxFrameBytes: 10 });
    const bodies: string[] = [];
    const collect = (text: string): void => void bodies.push(text);
    const stream = bytesOf('Content-Length: 10\r\n\r\n0123456789Content-Length: 11\r\n\r\n');
    expect(() => decoder.push(stream, collect)).toThrowError(
      expect.objectContaining({ code: 'upstream_protocol', message: expect.stringContaining('11 bytes') }),
    );
    expect(bodies).toEqual(['0123456789']);
    expect(() => decoder.push(encodeFrame({}), collect)).toThrowError(GatewayError);
    expect(bodies).toHaveLength(1);
  });

  it.each([
    ['JSON without a header', '{"jsonrpc":"2.0","method":"x"}'],
    ['an array without a header', '[1]'],
    ['another protocol', 'HTTP/1.1 400 Bad Request\r\n\r\n'],
    ['no Content-Length', 'Content-Type: x\r\n\r\n'],
    ['a line without a colon', 'Content-Length\r\n\r\n'],
    ['a colon without a name', ': 5\r\n\r\n'],
    ['a length that is empty', 'Content-Length: \r\n\r\n'],
    ['a negative length', 'Content-Length: -1\r\n\r\n'],
    ['a length in hex', 'Content-Length: 0x10\r\n\r\n'],
    ['a fraction', 'Content-Length: 1.5\r\n\r\n'],
    ['two numbers in one value', 'Content-Length: 1 2\r\n\r\n'],
    ['a length of too many digits', `Content-Length: ${'9'.repeat(16)}\r\n\r\n`],
    ['two lengths that differ', 'Content-Length: 2\r\nContent-Length: 3\r\n\r\n'],
    ['a header without end', `X: ${'y'.repeat(9000)}`],
    ['many small headers', 'X: y\r\n'.repeat(2000)],
  ])('push() - refuses %s, cut anywhere', (_name, text) => {
    const failure = expect.objectContaining({ code: 'upstream_protocol' });
    expect(() => decode([bytesOf(text)])).toThrowError(failure);
    expect(() => decode(Array.from(bytesOf(text), (byte) => Uint8Array.of(byte)))).toThrowError(failure);
  });

  it('push() - takes the same length told twice', () => {
    expect(decode([bytesOf('Content-Length: 2\r\ncontent-length: 02\r\n\r\n{}')])).toEqual(['{}']);
  });

  it('push() - survives bytes of any kind with a typed error at worst', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 60 })), (pieces) => {
        try {
          decode(pieces, 1000);
        } catch (error) {
          expect(GatewayError.isInstance(error) && error.code).toBe('upstream_protocol');
        }
      }),
    );
  });
});
