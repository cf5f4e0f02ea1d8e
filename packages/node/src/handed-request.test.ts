import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { findHandedBody, type HandedRequest, toSource } from './handed-request.js';

const TEXT = '{"id":1764263345123456789,"a":[1.10]}';
const PARSED = JSON.parse(TEXT) as object;

/** A request whose body was read, or was not. */
function message(members: object = {}, read = true): IncomingMessage {
  const stream = Readable.from([]);
  Object.defineProperty(stream, 'readableDidRead', { value: read });
  const request = { method: 'POST', headers: { 'content-type': 'application/json' }, ...members };
  return Object.assign(stream, request) as unknown as IncomingMessage;
}

const readOf = (incoming: IncomingMessage, handed?: HandedRequest): string | undefined => {
  const body = findHandedBody(incoming, handed);
  const source = body === undefined ? undefined : toSource(body);
  return source instanceof Uint8Array ? Buffer.from(source).toString() : undefined;
};

describe('a body that was read', () => {
  it.each<[name: string, members: object, expected: string]>([
    ['an object', { body: PARSED }, JSON.stringify(PARSED)],
    ['bytes', { body: Buffer.from(TEXT) }, TEXT],
    ['text', { body: TEXT }, TEXT],
    ['a number', { body: 5 }, '5'],
    ['rawBody and what was parsed from it', { body: PARSED, rawBody: Buffer.from(TEXT) }, TEXT],
    ['rawBody as text', { body: PARSED, rawBody: TEXT }, TEXT],
    ['rawBody alone', { rawBody: Buffer.from(TEXT) }, TEXT],
    ['rawBody and null', { body: null, rawBody: Buffer.from(TEXT) }, TEXT],
    ['rawBody and something else by now', { body: { b: 2 }, rawBody: Buffer.from(TEXT) }, '{"b":2}'],
    ['rawBody that is packed, and what was parsed', { body: { b: 2 }, rawBody: gzipSync('{"b":2}') }, '{"b":2}'],
    ['BigInts', { body: { id: 1764263345123456789n, list: [2n, '3'] } }, '{"id":1764263345123456789,"list":[2,"3"]}'],
  ])('%s - is read as it was sent, where that is known', (_, members, expected) => {
    expect(readOf(message(members))).toBe(expected);
  });

  it('what the framework hands over - counts before what lies on the request', () => {
    expect(readOf(message({ body: { a: 1 }, rawBody: '{"a":1}' }), { body: { b: 2 } })).toBe('{"b":2}');
  });

  it.each(['application/x-www-form-urlencoded', 'multipart/form-data; boundary=x'])(
    'fields of a form (%s) - are no JSON',
    (type) => {
      const text = readOf(message({ headers: { 'content-type': type }, body: { '{"model":"a"}': '' } }));
      expect(() => JSON.parse(text ?? '')).toThrow();
    },
  );

  it.each([{}, { body: undefined }, { body: null }, { body: () => undefined }])(
    'nothing left of it (%o) - throws',
    (members) => {
      expect(() => readOf(message(members))).toThrow('read before it reached the handler');
    },
  );
});

describe('packed bytes', () => {
  const kinds: Readonly<Record<string, (text: string) => Buffer>> = {
    gzip: gzipSync,
    deflate: deflateSync,
    'deflate without a frame': deflateRawSync,
    br: brotliCompressSync,
  };
  it.each(Object.entries(kinds))('%s - is told from text', (_, pack) => {
    for (const text of [
      TEXT,
      '{}',
      `{"a":"${'x'.repeat(5_000)}"}`,
      JSON.stringify({ b: Array.from({ length: 500 }, (_, i) => i) }),
    ]) {
      expect(findHandedBody(message({ body: pack(text) }))).toMatchObject({ packed: true });
      expect(findHandedBody(message({ body: Buffer.from(text) }))).toMatchObject({ packed: false });
    }
  });

  it('text - with blanks, line ends or a byte order mark in front, or of other scripts', () => {
    for (const text of [`  ${TEXT}`, `\r\n\t${TEXT}`, `\ufeff${TEXT}`, '{"灵码":"\u0080é"}', '{\n  "a": 1\n}']) {
      expect(findHandedBody(message({ rawBody: text }))).toMatchObject({ packed: false });
    }
  });
});

describe('a body that was not read', () => {
  it('is the request’s own, whatever a parser has put in its place', () => {
    for (const members of [{}, { body: {} }, { body: undefined, rawBody: undefined }]) {
      expect(findHandedBody(message(members, false))).toBeUndefined();
    }
  });

  it('a stream in its place - is read instead; it is packed as long as the headers say so', () => {
    const stream = Readable.from(['x']);
    expect(findHandedBody(message({}, false), { body: stream })).toEqual({ kind: 'stream', stream, packed: false });
    const packed = message({ headers: { 'content-encoding': 'gzip' } }, false);
    expect(findHandedBody(packed, { body: stream })).toMatchObject({ packed: true });
    expect(findHandedBody(packed, { body: stream, headers: {} })).toMatchObject({ packed: false });
  });

  it('the request itself as its body - is nothing new', () => {
    const incoming = message({}, false);
    expect(findHandedBody(incoming, { body: incoming })).toBeUndefined();
  });

  it('methods without one - have none', () => {
    for (const method of ['GET', 'HEAD']) expect(findHandedBody(message({ method, body: { a: 1 } }))).toBeUndefined();
  });
});
