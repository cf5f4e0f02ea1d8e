/**
 * Downloads one file: goes on where it was cut, notices when nothing comes any more, tries again, and hands over only what is
 * whole and a ZIP. What has come stays when the run is stopped.
 */
import { rm, statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Clock } from '@lingma-gateway/core';
import { BootstrapError, codeOf, reasonOf } from '../bootstrap-error.js';
import { sleep } from '../sleep.js';
import type { HttpClient, HttpResponse } from './http-client.js';
import { PartFile, type Validator } from './part-file.js';
import { checkHead, MAX_ARCHIVE_BYTES, tooLarge, unwrapGzip } from './unwrap-gzip.js';
import { shownUrl, type UrlRule } from './url-rule.js';

export interface DownloadOptions {
  readonly http: HttpClient;
  readonly rule: UrlRule;
  /** Where the file goes. */
  readonly target: string;
  readonly signal: AbortSignal;
  readonly clock: Clock;
  /** Of the file that is there already: where it is still the same, nothing is downloaded. */
  readonly knownEtag?: string | undefined;
  /** What its SHA-256 must be, as it came or as it was unwrapped. */
  readonly sha256?: string | undefined;
  readonly onProgress?: (bytes: number, total: number | undefined) => void;
  /** Bytes that are free where the file goes. Default: asks the system. */
  readonly freeBytes?: (folder: string) => Promise<number | undefined>;
  readonly maxBytes?: number;
}

export interface Downloaded {
  readonly sha256: string;
  readonly etag?: string;
}

const STALL_MS = 30_000;
const TRIES = 5;
/** However much each of them brings. */
const MAX_TRIES = 50;
const PROGRESS_BYTES = 1024 * 1024;
const BACK_OFF_MS = 1000;
/** The archive, what lies in it, and what lies in that. */
const SPACE_FACTOR = 3;

/** `'unchanged'`: the server still has what {@link DownloadOptions.knownEtag} names. @throws BootstrapError, or the signal's reason */
export async function downloadFile(address: string, options: DownloadOptions): Promise<Downloaded | 'unchanged'> {
  const { target, signal, clock, sha256: wanted } = options;
  const part = new PartFile(target);
  await part.open(address, signal);
  let keepsPart = true;
  try {
    let etag: string | undefined;
    let most = part.size;
    for (let tries = 1, fruitless = 1; ; tries++, fruitless++) {
      try {
        const end = await attempt(address, part, options);
        if (end === 'unchanged') {
          keepsPart = false;
          return 'unchanged';
        }
        etag = end.etag;
        break;
      } catch (error) {
        signal.throwIfAborted();
        if (part.size - most >= PROGRESS_BYTES) fruitless = 0;
        most = Math.max(most, part.size);
        const mayPass = !(error instanceof BootstrapError) || error.mayPass;
        keepsPart = mayPass;
        if (!mayPass || fruitless >= TRIES || tries >= MAX_TRIES) throw error;
        await sleep(BACK_OFF_MS * 2 ** (fruitless === 0 ? 0 : fruitless - 1), signal, clock);
      }
    }
    const received = await part.finish();
    const sha256 = await unwrapGzip(target, received, options);
    if (wanted !== undefined && wanted !== received && wanted !== sha256) {
      throw new BootstrapError('wrong_checksum', `The download has the SHA-256 ${sha256}, and should have ${wanted}`);
    }
    return { sha256, ...(etag !== undefined && { etag }) };
  } catch (error) {
    // What was refused once it was whole is refused the next time, too.
    if (!signal.aborted) await rm(target, { force: true });
    throw error;
  } finally {
    if (keepsPart) await part.close();
    else await part.discard();
  }
}

async function attempt(
  address: string,
  part: PartFile,
  {
    http,
    rule,
    signal: outer,
    clock,
    knownEtag,
    onProgress,
    freeBytes = freeBytesOf,
    maxBytes = MAX_ARCHIVE_BYTES,
  }: DownloadOptions,
): Promise<{ readonly etag?: string | undefined } | 'unchanged'> {
  const stall = new AbortController();
  let cancel = (): void => undefined;
  const touch = (): void => {
    cancel();
    cancel = clock.schedule(STALL_MS, () => stall.abort(stalled()));
  };
  const signal = AbortSignal.any([outer, stall.signal]);
  let response: HttpResponse | undefined;
  try {
    touch();
    const { validator } = part;
    const from = part.size;
    const strong = validator?.etag !== undefined && !validator.etag.startsWith('W/') ? validator.etag : undefined;
    const condition = strong ?? validator?.lastModified;
    const resumes = from > 0 && condition !== undefined;
    response = await http.open(address, {
      headers: {
        accept: '*/*',
        'accept-encoding': 'identity',
        ...(resumes && { range: `bytes=${from}-`, 'if-range': condition }),
        ...(!resumes && knownEtag !== undefined && { 'if-none-match': knownEtag }),
      },
      rule,
      signal,
    });
    const { status } = response;
    if (status === 304) return 'unchanged';
    const next = validatorOf(address, response);
    if (status === 416 && resumes) {
      // It has changed, or all of it is there: the next try finds out.
      await part.restart(next);
      throw new BootstrapError('wrong_length', 'The server has less than there was before', { mayPass: true });
    }
    if (status !== 200 && status !== 206) throw refusedStatus(status, address);
    const length = lengthOf(response);
    let total: number | undefined = length;
    if (status === 206) {
      const range = /^bytes (\d+)-(\d+)\/(\d+|\*)$/.exec(response.header('content-range') ?? '');
      if (!resumes || range === null || Number(range[1]) !== from) {
        await part.restart(next);
        throw new BootstrapError('wrong_length', 'The server sent another part than was asked for', { mayPass: true });
      }
      total = range[3] === '*' ? undefined : Number(range[3]);
    } else await part.restart(next);
    if (total !== undefined && total > maxBytes) throw tooLarge(maxBytes);
    await checkSpace(part.path, total, freeBytes);
    for await (const piece of response.body) {
      touch();
      signal.throwIfAborted();
      if (part.size === 0) checkHead(piece);
      if (part.size + piece.length > maxBytes) throw tooLarge(maxBytes);
      await part.append(piece);
      onProgress?.(part.size, total);
    }
    signal.throwIfAborted();
    if (total !== undefined && part.size !== total) throw wrongLength(part.size, total);
    return { etag: next.etag ?? validator?.etag };
  } catch (error) {
    outer.throwIfAborted();
    if (stall.signal.aborted) throw stalled();
    if (error instanceof BootstrapError) throw error;
    if (codeOf(error) === 'ENOSPC') throw new BootstrapError('no_space', 'The disk is full', { cause: error });
    throw new BootstrapError('network', `The download was cut: ${codeOf(error) ?? reasonOf(error)}`, {
      cause: error,
      mayPass: true,
    });
  } finally {
    cancel();
    response?.discard();
  }
}

function validatorOf(url: string, response: HttpResponse): Validator {
  const [etag, lastModified] = [response.header('etag'), response.header('last-modified')];
  return { url, ...(etag !== undefined && { etag }), ...(lastModified !== undefined && { lastModified }) };
}

function lengthOf(response: HttpResponse): number | undefined {
  const text = response.header('content-length');
  return text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}

function refusedStatus(status: number, address: string): BootstrapError {
  const mayPass = status >= 500 || status === 408 || status === 425 || status === 429;
  return new BootstrapError('http_status', `${shownUrl(new URL(address))} was answered with ${status}`, { mayPass });
}

async function checkSpace(
  path: string,
  total: number | undefined,
  freeBytes: (folder: string) => Promise<number | undefined>,
): Promise<void> {
  if (total === undefined) return;
  const free = await freeBytes(dirname(path));
  if (free === undefined || free >= total * SPACE_FACTOR) return;
  const megabytes = (bytes: number): number => Math.ceil(bytes / 1024 / 1024);
  const needed = `${megabytes(total * SPACE_FACTOR)} MB are needed and ${megabytes(free)} MB are free`;
  throw new BootstrapError('no_space', `There is too little space: ${needed}`);
}

async function freeBytesOf(folder: string): Promise<number | undefined> {
  try {
    const { bavail, bsize } = await statfs(folder);
    return bavail * bsize;
  } catch {
    return undefined;
  }
}

const wrongLength = (size: number, total: number): BootstrapError =>
  new BootstrapError('wrong_length', `${size} bytes came of ${total}`, { mayPass: true });

const stalled = (): BootstrapError =>
  new BootstrapError('stalled', `Nothing came for ${STALL_MS / 1000} s`, { mayPass: true });
