/** Asks the store which version there is, and where. */
import { BootstrapError, reasonOf } from '../bootstrap-error.js';
import type { HttpClient } from '../download/http-client.js';
import { urlRule } from '../download/url-rule.js';
import type { Platform } from '../platform.js';
import {
  chooseVersion,
  QUERY_HEADERS,
  queryAddress,
  queryBody,
  type StoreExtension,
  type StoreVersion,
} from './extension-query.js';

export interface StoreQuery extends StoreExtension {
  readonly url: string;
  readonly platform: Platform;
  readonly version?: string | undefined;
  readonly allowHosts: readonly string[];
}

const MAX_ANSWER_BYTES = 16 * 1024 * 1024;
const ANSWER_MS = 15_000;

/** @throws BootstrapError `query_failed`, `no_version`, and as the client */
export async function queryStore(http: HttpClient, query: StoreQuery, signal: AbortSignal): Promise<StoreVersion> {
  const { publisher, extension, version } = query;
  // The latest is enough in most cases, and a hundredth of the whole.
  for (const versions of ['latest', 'all'] as const) {
    const answer = await ask(http, query, queryBody(query, versions), signal);
    const found = chooseVersion(answer, query, query);
    if (found !== undefined) return found;
  }
  const what = version === undefined ? 'no version' : `no version ${version}`;
  throw new BootstrapError('no_version', `The store has ${what} of ${publisher}.${extension} for ${query.platform}`);
}

async function ask(http: HttpClient, query: StoreQuery, body: string, outer: AbortSignal): Promise<unknown> {
  const limit = AbortSignal.timeout(ANSWER_MS);
  const signal = AbortSignal.any([outer, limit]);
  try {
    const rule = urlRule({ given: query.url, allowHosts: query.allowHosts });
    const response = await http.open(queryAddress(query.url), {
      method: 'POST',
      headers: QUERY_HEADERS,
      body,
      rule,
      signal,
    });
    try {
      if (response.status !== 200) {
        throw new BootstrapError('query_failed', `The store answered ${response.status}`, { mayPass: true });
      }
      return JSON.parse(await readText(response.body, signal));
    } finally {
      response.discard();
    }
  } catch (error) {
    outer.throwIfAborted();
    if (error instanceof BootstrapError) throw error;
    const what = limit.aborted
      ? `gave no answer within ${ANSWER_MS} ms`
      : `gave no answer to be read: ${reasonOf(error)}`;
    throw new BootstrapError('query_failed', `The store ${what}`, { cause: error, mayPass: true });
  }
}

async function readText(body: AsyncIterable<Uint8Array>, signal: AbortSignal): Promise<string> {
  const pieces: Uint8Array[] = [];
  let size = 0;
  for await (const piece of body) {
    signal.throwIfAborted();
    size += piece.length;
    if (size > MAX_ANSWER_BYTES) {
      throw new BootstrapError('query_failed', `The store's answer is larger than ${MAX_ANSWER_BYTES} bytes`);
    }
    pieces.push(piece);
  }
  return Buffer.concat(pieces, size).toString('utf8');
}
