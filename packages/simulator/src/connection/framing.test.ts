import { describe, expect, it } from 'vitest';
import { createFrameFragmenter, seededCuts, splitFrame } from './frame-fragmenter.js';
import { encodeFrame, FrameDecoder, type FrameEvent } from './framing.js';

const PLAIN = { headerCase: 'canonical', extraHeaders: false } as const;
const BODY = '{"text":"你好, 🌍 wörld"}';

const bodies = (events: FrameEvent[]): string[] =>
  events.flatMap((event) => (event.kind === 'body' ? [event.body] : []));

describe('encodeFrame', () => {
  it('counts bytes, not characters', () => {
    const frame = encodeFrame(BODY, PLAIN).toString('latin1');
    expect(frame.startsWith(`Content-Length: ${Buffer.byteLength(BODY)}\r\n\r\n{`)).toBe(true);
    expect(Buffer.byteLength(BODY)).toBeGreaterThan(BODY.length);
  });

  it('spells the header as asked and adds others', () => {
    const frame = encodeFrame('{}', { headerCase: 'lower', extraHeaders: true }).toString();
    expect(frame).toBe('Content-Type: application/vscode-jsonrpc; charset=utf-8\r\ncontent-length: 2\r\n\r\n{}');
  });
});

describe('FrameDecoder', () => {
  const stream = Buffer.concat([
    encodeFrame(BODY, PLAIN),
    encodeFrame('{}', { headerCase: 'upper', extraHeaders: true }),
    encodeFrame(BODY, { headerCase: 'lower', extraHeaders: false }),
  ]);

  it('finds the same bodies wherever the stream is cut', () => {
    for (let cut = 0; cut <= stream.length; cut += 1) {
      const decoder = new FrameDecoder();
      const events = [...decoder.push(stream.subarray(0, cut)), ...decoder.push(stream.subarray(cut))];
      expect(events.every((event) => event.kind === 'body')).toBe(true);
      expect(bodies(events)).toEqual([BODY, '{}', BODY]);
    }
  });

  it('finds them byte by byte', () => {
    const decoder = new FrameDecoder();
    const found = [...stream].flatMap((byte) => bodies(decoder.push(Buffer.from([byte]))));
    expect(found).toEqual([BODY, '{}', BODY]);
  });

  it('drops a bare JSON message and reads the next frame', () => {
    const decoder = new FrameDecoder();
    expect(decoder.push(Buffer.from('{"jsonrpc":"2.0","id":1}'))).toEqual([{ kind: 'unknown-header' }]);
    expect(bodies(decoder.push(encodeFrame(BODY, PLAIN)))).toEqual([BODY]);
  });

  it('drops headers without a length', () => {
    const decoder = new FrameDecoder();
    expect(decoder.push(Buffer.from('X-Other: 3\r\n\r\n'))).toEqual([{ kind: 'unknown-header' }]);
  });

  it('refuses a frame above the limit', () => {
    const decoder = new FrameDecoder(10);
    expect(decoder.push(Buffer.from('Content-Length: 11\r\n\r\n'))).toEqual([{ kind: 'too-large', bytes: 11 }]);
  });
});

describe('splitFrame', () => {
  it('cuts within the header, within a character and anywhere, and loses nothing', () => {
    const frame = encodeFrame(BODY, PLAIN);
    const headerEnd = frame.indexOf('\r\n\r\n') + 4;
    const cuts = seededCuts();
    for (let run = 0; run < 200; run += 1) {
      const pieces = splitFrame(frame, cuts);
      expect(Buffer.concat(pieces).equals(frame)).toBe(true);
      expect(pieces.length).toBeGreaterThanOrEqual(4);
      const edges = pieces.slice(0, -1).map(
        (
          (at) => (piece: Buffer) =>
            (at += piece.length)
        )(0),
      );
      expect(edges.some((edge) => edge < headerEnd)).toBe(true);
      // The first wide character begins at its lead byte; a cut lies right behind that byte.
      expect(edges).toContain(frame.findIndex((byte) => byte >= 0xc0) + 1);
    }
  });
});

describe('createFrameFragmenter', () => {
  it('merges frames written together into one message', async () => {
    const messages: Buffer[] = [];
    const shaper = createFrameFragmenter('merge', (message) => messages.push(message));
    shaper.write(Buffer.from('a'));
    shaper.write(Buffer.from('b'));
    expect(shaper.held).toBe(2);
    await new Promise((resolve) => setImmediate(resolve));
    expect(messages.map(String)).toEqual(['ab']);
  });

  it('keeps the order of split pieces and writes them all on flush', () => {
    const messages: Buffer[] = [];
    const shaper = createFrameFragmenter('split', (message) => messages.push(message));
    const frames = [encodeFrame(BODY, PLAIN), encodeFrame('{}', PLAIN)];
    for (const frame of frames) shaper.write(frame);
    shaper.flush();
    expect(Buffer.concat(messages).equals(Buffer.concat(frames))).toBe(true);
    expect(messages.length).toBeGreaterThan(6);
  });
});
