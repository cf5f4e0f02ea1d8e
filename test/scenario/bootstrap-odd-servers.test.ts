/** Downloads from servers that keep to no more of the protocol than they must. */
import { mkdir, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { makeVsix } from '@lingma-gateway/simulator';
import { describe, expect, it, onTestFinished } from 'vitest';
import { bootstrapHouse, noSignal } from '../support/bootstrap-house.js';

const vsix = makeVsix({ padding: 200_000 });

/** A server that does as each case says, by the number of the request and the place that was asked for. */
type Answer = (request: { readonly number: number; readonly from: number | undefined; reply: Reply }) => void;
type Reply = (
  status: number,
  headers: Readonly<Record<string, string | number>>,
  body: Uint8Array,
  cutAfter?: number,
) => void;

async function oddServer(answer: Answer): Promise<{ readonly url: string; readonly statuses: readonly number[] }> {
  const statuses: number[] = [];
  const server = createServer((request, response) => {
    const from = /^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1];
    answer({
      number: statuses.length + 1,
      from: from === undefined ? undefined : Number(from),
      reply(status, headers, body, cutAfter) {
        statuses.push(status);
        response.writeHead(status, headers);
        if (cutAfter === undefined) response.end(body);
        else response.write(body.subarray(0, cutAfter), () => response.socket?.end());
      },
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/x.vsix`, statuses };
}

describe('a server that is odd', () => {
  const other = makeVsix({ version: '2.12.0', padding: 200_000 });
  const tag = { etag: '"one"' };
  const rangeOf = (from: number, total: number, shift = 0) => ({
    'content-range': `bytes ${from + shift}-${total - 1}/${total}`,
  });
  const cutFirst = (reply: Reply, headers: Readonly<Record<string, string>> = tag): void =>
    reply(200, { ...headers, 'content-length': vsix.length }, vsix, 60_000);

  it.each<[string, Answer, string, readonly number[]]>([
    [
      'sends the rest of another file, and names it',
      ({ number, from, reply }) => {
        if (number === 1) cutFirst(reply);
        else if (from === undefined) reply(200, { etag: '"two"' }, other);
        else reply(206, { etag: '"two"', ...rangeOf(from, other.length) }, other.subarray(from));
      },
      '2.12.0',
      [200, 206, 200],
    ],
    [
      'sends the rest of a file of another size',
      ({ number, from, reply }) => {
        if (number === 1) cutFirst(reply);
        else if (from === undefined) reply(200, {}, other);
        else reply(206, rangeOf(from, vsix.length - 1), vsix.subarray(from, -1));
      },
      '2.12.0',
      [200, 206, 200],
    ],
    [
      'sends a part and does not say which',
      ({ number, from, reply }) => {
        if (number === 1) cutFirst(reply);
        else if (from === undefined) reply(200, {}, vsix);
        else reply(206, {}, vsix.subarray(from));
      },
      '2.11.1',
      [200, 206, 200],
    ],
    [
      'begins earlier than was asked',
      ({ number, from, reply }) => {
        if (number === 1) cutFirst(reply);
        else if (from === undefined) reply(200, {}, vsix);
        else reply(206, rangeOf(from, vsix.length, -5), vsix.subarray(from - 5));
      },
      '2.11.1',
      [200, 206, 200],
    ],
    [
      'sends a part that nobody asked for',
      ({ number, reply }) =>
        number === 1 ? reply(206, rangeOf(0, vsix.length), vsix) : reply(200, { 'content-length': vsix.length }, vsix),
      '2.11.1',
      [206, 200],
    ],
    [
      'sends all of it in place of the rest',
      ({ number, reply }) => (number === 1 ? cutFirst(reply) : reply(200, tag, vsix)),
      '2.11.1',
      [200, 200],
    ],
    [
      'knows no such range',
      ({ number, from, reply }) => {
        if (number === 1) cutFirst(reply);
        else if (from === undefined) reply(200, {}, vsix);
        else reply(416, { 'content-range': 'bytes */50' }, Buffer.alloc(0));
      },
      '2.11.1',
      [200, 416, 200],
    ],
    [
      'has a weak validator alone: nothing is asked by parts',
      ({ number, reply }) => (number === 1 ? cutFirst(reply, { etag: 'W/"one"' }) : reply(200, {}, vsix)),
      '2.11.1',
      [200, 200],
    ],
    [
      'has a weak validator and a date: the date is enough',
      ({ number, from, reply }) => {
        const date = { etag: 'W/"one"', 'last-modified': 'Thu, 01 Jan 2026 00:00:00 GMT' };
        if (number === 1 || from === undefined) cutFirst(reply, date);
        else reply(206, { ...date, ...rangeOf(from, vsix.length) }, vsix.subarray(from));
      },
      '2.11.1',
      [200, 206],
    ],
    [
      'sends in small parts, each cut: it goes on as long as it gets further',
      ({ from = 0, reply }) => {
        const headers = { ...tag, 'content-length': vsix.length - from };
        const isLast = vsix.length - from <= 20_000;
        const range = from === 0 ? {} : rangeOf(from, vsix.length);
        reply(from === 0 ? 200 : 206, { ...headers, ...range }, vsix.subarray(from), isLast ? undefined : 20_000);
      },
      '2.11.1',
      [200, ...Array.from({ length: Math.ceil(vsix.length / 20_000) - 1 }, () => 206)],
    ],
    [
      'packs it as the encoding of the body',
      ({ reply }) => reply(200, { 'content-encoding': 'gzip' }, gzipSync(vsix)),
      '2.11.1',
      [200],
    ],
    ['fails at first', ({ number, reply }) => reply(number < 3 ? 500 : 200, {}, vsix), '2.11.1', [500, 500, 200]],
  ])('%s', async (_name, answer, version, statuses) => {
    const { create } = await bootstrapHouse();
    const server = await oddServer(answer);
    expect(await create({ source: 'vsix', vsixUrl: server.url }).ensure(noSignal())).toMatchObject({ version });
    expect(server.statuses).toEqual(statuses);
  });

  it('has no more than there is: what was killed when all had come is whole', async () => {
    const { create, dataDir } = await bootstrapHouse();
    const server = await oddServer(({ from, reply }) =>
      from === vsix.length
        ? reply(416, { ...tag, 'content-range': `bytes */${vsix.length}` }, Buffer.alloc(0))
        : reply(200, tag, vsix),
    );
    await mkdir(join(dataDir, 'downloads'));
    await writeFile(join(dataDir, 'downloads', 'x.vsix.part'), vsix);
    await writeFile(
      join(dataDir, 'downloads', 'x.vsix.part.json'),
      JSON.stringify({ url: server.url, ...tag, total: vsix.length }),
    );
    expect(await create({ source: 'vsix', vsixUrl: server.url }).ensure(noSignal())).toMatchObject({
      version: '2.11.1',
    });
    expect(server.statuses).toEqual([416]);
  });

  it.each<[string, number, Readonly<Record<string, string>>, string]>([
    ['not changed, and nobody asked', 304, {}, 'http_status'],
    ['nothing', 204, {}, 'http_status'],
    ['elsewhere, and not where', 302, {}, 'http_status'],
    ['elsewhere: here', 302, { location: '/x.vsix' }, 'too_many_redirects'],
    ['elsewhere: nowhere', 302, { location: 'http://[' }, 'bad_url'],
    ['more than there may be', 200, { 'content-length': String(3 * 2 ** 30) }, 'too_large'],
  ])('answers: %s', async (_name, status, headers, code) => {
    const { create, list } = await bootstrapHouse();
    const { url } = await oddServer(({ reply }) =>
      reply(status, headers, Buffer.from(status === 200 ? 'PK' : ''), status === 200 ? 2 : undefined),
    );
    await expect(create({ source: 'vsix', vsixUrl: url }).ensure(noSignal())).rejects.toMatchObject({
      cause: { code },
    });
    expect([...(await list('bin')), ...(await list('downloads'))]).toEqual([]);
  });
});
