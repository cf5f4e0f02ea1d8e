/**
 * Downloads one file: goes on where it was cut, notices when nothing comes any more, tries again, and hands over only what is
 * whole and a ZIP. What has come stays when the run is stopped.
 */
import { rm, statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Clock } from '@lingma-gateway/core';
import { BootstrapError, codeOf, reasonOf, writeError } from '../bootstrap-error.js';
import { sleep } from '../sleep.js';
import type { HttpClient, HttpResponse } from './http-client.js';
import { PartFile, type Validator } from './part-file.js';
import { checkHead, MAX_ARCHIVE_BYTES, tooLarge, unwrapGzip } from './unwrap-gzip.js';
import { shownUrl, type UrlRule } from './url-rule.js';

export interface DownloadOptions {
  readonly http: HttpClient;
  readonly rule: UrlRule;
  /** Name of the file: its part lies beside it, and so does the whole. */
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
  /** Where it lies. */
  readonly path: string;
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
  const { signal, clock, sha256: wanted } = options;
  const part = new PartFile(options.target);
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
        const enough = Math.min(PROGRESS_BYTES, (part.total ?? Number.POSITIVE_INFINITY) / MAX_TRIES);
        // The first tells nothing yet of whether one gets further each time.
        if (tries > 1 && part.size - most >= enough) fruitless = 0;
        most = Math.max(most, part.size);
        const mayPass = !(error instanceof BootstrapError) || error.mayPass;
        keepsPart = mayPass;
        if (!mayPass || fruitless >= TRIES || tries >= MAX_TRIES) throw error;
        await sleep(BACK_OFF_MS * 2 ** (fruitless === 0 ? 0 : fruitless - 1), signal, clock);
      }
    }
    const received = await part.finish();
    const sha256 = await unwrapGzip(part.whole, received, options);
    if (wanted !== undefined && wanted !== received && wanted !== sha256) {
      throw new BootstrapError('wrong_checksum', `The download has the SHA-256 ${sha256}, and should have ${wanted}`);
    }
    return { path: part.whole, sha256, ...(etag !== undefined && { etag }) };
  } catch (error) {
    // What was refused once it was whole is refused the next time, too.
    if (!signal.aborted) await rm(part.whole, { force: true });
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
    if (status === 304 && !resumes && knownEtag !== undefined) return 'unchanged';
    const next = validatorOf(address, response);
    if (status === 416 && resumes) {
      const told = Number(/^bytes \*\/(\d+)$/.exec(response.header('content-range') ?? '')?.[1]);
      // All of it had come when the run before ended.
      if (told === from && isSameFile({ ...next, total: told }, validator)) return { etag: validator?.etag };
      await part.restart(next);
      throw new BootstrapError('wrong_length', 'The server has less than there was before', { mayPass: true });
    }
    if (status !== 200 && status !== 206) throw refusedStatus(status, address);
    const length = lengthOf(response);
    let total: number | undefined = length;
    if (status === 206) {
      const range = /^bytes (\d+)-(\d+)\/(\d+|\*)$/.exec(response.header('content-range') ?? '');
      total = range === null || range[3] === '*' ? validator?.total : Number(range[3]);
      const isAsked =
        resumes && range !== null && Number(range[1]) === from && isSameFile({ ...next, total }, validator);
      if (!isAsked) {
        await part.restart(next);
        throw new BootstrapError('wrong_length', 'The server sent another part than was asked for', { mayPass: true });
      }
    } else await part.restart({ ...next, ...(total !== undefined && { total }) });
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
    if (DISK_CODES.includes(codeOf(error) ?? '')) throw writeError(part.path, error);
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

/** As far as both tell: some servers send a part of whatever they have by now. */
function isSameFile(
  now: Pick<Validator, 'etag' | 'lastModified'> & { readonly total?: number | undefined },
  before: Validator | undefined,
): boolean {
  return (['etag', 'lastModified', 'total'] as const).every(
    (fact) => now[fact] === undefined || before?.[fact] === undefined || now[fact] === before[fact],
  );
}

/** The system's words for a disk; what a connection has to say is told by others. */
const DISK_CODES = ['ENOSPC', 'EDQUOT', 'EROFS', 'EIO', 'EFBIG'];

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
