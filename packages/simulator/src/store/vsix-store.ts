/** A store of VS Code extensions on loopback, with the faults that stores and the networks before them have. */
import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { gzipSync } from 'node:zlib';
import { type GalleryQuery, galleryAnswer, PACKAGE_ASSET, type StoreVersionFacts } from './gallery-answer.js';

/** How it behaves; may be changed while it runs. */
export interface StoreBehaviour {
  /** Default: one, 2.6.10, for all. Newest first. */
  readonly versions?: readonly StoreVersionFacts[];
  /** What the query is answered with. Default `ok`. */
  readonly query?: 'ok' | 'empty' | 'error' | 'huge' | 'garbage' | 'silent';
  /** The package. */
  readonly vsix?: Uint8Array;
  /** By version, where not all have the same. */
  readonly vsixOf?: Readonly<Record<string, Uint8Array>>;
  /** Status of every package. Default 200. */
  readonly status?: number;
  /** Ends each answer after so many bytes of body. */
  readonly cutAfter?: number;
  /** Milliseconds between pieces of 16 KiB. */
  readonly pieceMs?: number;
  /** Sends so many bytes and no more, and keeps the connection. */
  readonly stallAfter?: number;
  /** Packs the package once more. */
  readonly gzip?: boolean;
  /** Bytes that `content-length` says too much. */
  readonly extraLength?: number;
  /** Knows neither `Range` nor `If-Range`. */
  readonly noRange?: boolean;
  /** Answers a range from another place than was asked for. */
  readonly shiftRange?: number;
  /** No `ETag`, no `Last-Modified`. */
  readonly noValidator?: boolean;
  /** Sends on so many times before the package. */
  readonly redirects?: number;
  /** Sends on to this address. */
  readonly redirectTo?: string;
}

/** A request that the marketplace was asked. */
export interface StoreRequest {
  readonly method: string;
  readonly path: string;
  readonly range?: string;
  readonly status: number;
}

/** A running store. */
export interface VsixStore {
  /** `http://127.0.0.1:<port>`: where the marketplace is. */
  readonly url: string;
  /** Of the package alone. */
  readonly vsixUrl: string;
  readonly requests: readonly StoreRequest[];
  /** Bytes of packages that were sent. */
  readonly sentBytes: number;
  behave(behaviour: StoreBehaviour): void;
  close(): Promise<void>;
}

const NAME = 'Alibaba-Cloud.tongyi-lingma';
const PIECE = 16 * 1024;
const HUGE_BYTES = 10 * 1024 * 1024;
const MAX_QUERY_BYTES = 64 * 1024;
const PACKAGE_PATH = '/vscode/tongyi-lingma-latest.vsix';

/** Starts a marketplace that offers extensions and behaves as it is told. */
export async function createVsixStore(initial: StoreBehaviour & { readonly port?: number } = {}): Promise<VsixStore> {
  let behaviour: StoreBehaviour = initial;
  const requests: StoreRequest[] = [];
  const sockets = new Set<Socket>();
  let sentBytes = 0;
  let url = '';

  const server = createServer((request, response) => {
    const path = (request.url ?? '/').split('?')[0] as string;
    response.on('close', () => {
      const { range } = request.headers;
      const row = { method: request.method ?? '', path, status: response.statusCode };
      requests.push({ ...row, ...(range !== undefined && { range }) });
    });
    answer(request, response, path).catch(() => response.destroy());
  });
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });

  async function answer(request: IncomingMessage, response: ServerResponse, path: string): Promise<void> {
    if (path.endsWith('/extensionquery')) return answerQuery(request, response);
    const wantsPackage = path === PACKAGE_PATH || path.endsWith('/vspackage') || path.endsWith(`/${PACKAGE_ASSET}`);
    const hop = /^\/hop\/(\d+)$/.exec(path)?.[1];
    if (!wantsPackage && hop === undefined) {
      response.writeHead(404).end();
      return;
    }
    const { redirectTo, redirects = 0, status = 200 } = behaviour;
    const left = hop === undefined ? redirects : Number(hop);
    if (redirectTo !== undefined || left > 0) {
      response.writeHead(302, { location: redirectTo ?? `/hop/${left - 1}` }).end();
      return;
    }
    if (status !== 200) {
      response.writeHead(status).end('sorry');
      return;
    }
    await sendPackage(request, response, packageAt(path));
  }

  function packageAt(path: string): Buffer {
    const { vsixOf = {}, vsix = new Uint8Array(), gzip = false } = behaviour;
    const version = Object.keys(vsixOf).find((name) => path.includes(`/${name}/`));
    const bytes = Buffer.from(version === undefined ? vsix : (vsixOf[version] as Uint8Array));
    return gzip ? gzipSync(bytes) : bytes;
  }

  async function answerQuery(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const pieces: Buffer[] = [];
    let size = 0;
    for await (const piece of request as AsyncIterable<Buffer>) {
      size += piece.length;
      if (size > MAX_QUERY_BYTES) throw new Error('the query is too long');
      pieces.push(piece);
    }
    const { query = 'ok', versions = [{ version: '2.6.10' }] } = behaviour;
    if (query === 'silent') return;
    if (query === 'error' || request.method !== 'POST') {
      response.writeHead(query === 'error' ? 500 : 405).end();
      return;
    }
    response.setHeader('content-type', 'application/json; charset=utf-8; api-version=7.2-preview.1');
    if (query === 'garbage') {
      response.end('<html>not here</html>');
      return;
    }
    const asked = JSON.parse(Buffer.concat(pieces).toString()) as GalleryQuery;
    const body = galleryAnswer(asked, NAME, query === 'empty' ? [] : versions, assetsOf) as Record<string, unknown>;
    response.end(JSON.stringify(query === 'huge' ? { ...body, filler: ' '.repeat(HUGE_BYTES) } : body));
  }

  const assetsOf = ({ version, targetPlatform = 'all' }: StoreVersionFacts): string =>
    `${url}/assets/${version}/${targetPlatform}`;

  async function sendPackage(request: IncomingMessage, response: ServerResponse, bytes: Buffer): Promise<void> {
    const { noRange, noValidator, shiftRange = 0, extraLength = 0, cutAfter, stallAfter, pieceMs = 0 } = behaviour;
    const etag = `"${createHash('sha256').update(bytes).digest('hex').slice(0, 16)}"`;
    if (noValidator !== true) {
      response.setHeader('etag', etag);
      response.setHeader('last-modified', 'Thu, 01 Jan 2026 00:00:00 GMT');
    }
    if (request.headers['if-none-match'] === etag && noValidator !== true) {
      response.writeHead(304).end();
      return;
    }
    const from = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? Number.NaN);
    const isSame = [undefined, etag, 'Thu, 01 Jan 2026 00:00:00 GMT'].includes(request.headers['if-range'] as string);
    const isPart = noRange !== true && noValidator !== true && !Number.isNaN(from) && isSame;
    if (isPart && from >= bytes.length) {
      response.writeHead(416, { 'content-range': `bytes */${bytes.length}` }).end();
      return;
    }
    const start = isPart ? from + shiftRange : 0;
    const body = bytes.subarray(start);
    response.writeHead(isPart ? 206 : 200, {
      'content-type': 'application/octet-stream',
      'content-length': body.length + extraLength,
      'accept-ranges': noRange === true ? 'none' : 'bytes',
      ...(isPart && { 'content-range': `bytes ${start}-${bytes.length - 1}/${bytes.length}` }),
    });
    const end = Math.min(cutAfter ?? body.length, stallAfter ?? body.length);
    for (let at = 0; at < end; at += PIECE) {
      if (response.destroyed) return;
      const piece = body.subarray(at, Math.min(at + PIECE, end));
      sentBytes += piece.length;
      // Written before the connection is cut, or it might never leave.
      await new Promise<void>((resolve) => response.write(piece, () => resolve()));
      if (pieceMs > 0) await new Promise((resolve) => setTimeout(resolve, pieceMs));
    }
    if (stallAfter !== undefined && stallAfter < body.length) return;
    if (end < body.length || extraLength > 0) response.socket?.end();
    else response.end();
  }

  await new Promise<void>((resolve) => server.listen(initial.port ?? 0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    vsixUrl: `${url}${PACKAGE_PATH}`,
    requests,
    get sentBytes() {
      return sentBytes;
    },
    behave(next) {
      behaviour = next;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}
