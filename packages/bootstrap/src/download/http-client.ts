/**
 * HTTP for downloads, over undici: every name is resolved and every address checked when it is connected to, every redirect by
 * the same rule as the address before.
 */
import { lookup } from 'node:dns';
import { isIP } from 'node:net';
import { Agent, type Dispatcher, EnvHttpProxyAgent, request } from 'undici';
import { BootstrapError, codeOf, reasonOf } from '../bootstrap-error.js';
import { eagerBody } from './eager-body.js';
import { checkUrl, mayBePrivate, shownUrl, type UrlRule } from './url-rule.js';

export interface HttpRequest {
  readonly method?: 'GET' | 'POST';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly rule: UrlRule;
  readonly signal: AbortSignal;
}

export interface HttpResponse {
  readonly status: number;
  /** Of a header that came more than once, the first. */
  header(name: string): string | undefined;
  /** As it came over the wire: packed, if the server packs it. */
  readonly body: AsyncIterable<Uint8Array>;
  /** Lets go of what was not read. */
  discard(): void;
}

/** The port of everything that asks the network. */
export interface HttpClient {
  /** Follows redirects. @throws BootstrapError, or the signal's reason */
  open(address: string, options: HttpRequest): Promise<HttpResponse>;
  close(): Promise<void>;
}

/** Whom downloads may ask, and through which proxy. */
export interface HttpClientOptions {
  readonly isPublicAddress: (address: string) => boolean;
  /** By scheme of what is asked for; `no`: hosts that are asked directly. */
  readonly proxy?: { readonly http?: string; readonly https?: string; readonly no?: string };
  /** Default: the system's. */
  readonly resolve?: (hostname: string) => Promise<readonly string[]>;
}

const MAX_REDIRECTS = 5;
const HEADERS_MS = 30_000;

export function createHttpClient({
  isPublicAddress,
  proxy = {},
  resolve = resolveName,
}: HttpClientOptions): HttpClient {
  const guarded = createDispatcher(proxy, resolve, (address) => isPublicAddress(address));
  const open = createDispatcher(proxy, resolve, () => true);
  return {
    async open(address, { method = 'GET', headers = {}, body, rule, signal }) {
      let url = checkUrl(address, rule);
      for (let redirects = 0; ; redirects++) {
        const isFree = mayBePrivate(url, rule);
        const literal = url.hostname.replace(/^\[|\]$/g, '');
        if (!isFree && (isIP(literal) !== 0 || /(?:^|\.)localhost\.?$/i.test(literal)) && !isPublicAddress(literal)) {
          throw privateAddress(url.hostname);
        }
        const response = await send(url, {
          ...{ method, headers, dispatcher: isFree ? open : guarded, signal, headersTimeout: HEADERS_MS },
          ...{ bodyTimeout: 0, body: body ?? null },
        });
        const location = response.header('location');
        if (response.status < 300 || response.status >= 400 || response.status === 304 || location === undefined) {
          return response;
        }
        response.discard();
        if (redirects >= MAX_REDIRECTS) {
          throw new BootstrapError('too_many_redirects', `${shownUrl(url)} leads on more than ${MAX_REDIRECTS} times`);
        }
        url = checkUrl(location, rule, url);
      }
    },
    async close() {
      await Promise.all([guarded.destroy(), open.destroy()]);
    },
  };
}

async function send(
  url: URL,
  options: Omit<Dispatcher.RequestOptions, 'origin' | 'path'> & { readonly dispatcher: Dispatcher },
): Promise<HttpResponse> {
  try {
    const { statusCode, headers, body } = await request(url, options);
    const pieces = eagerBody(body);
    return {
      status: statusCode,
      header(name) {
        const value = headers[name];
        return Array.isArray(value) ? value[0] : value;
      },
      body: pieces,
      discard: () => void body.destroy(),
    };
  } catch (error) {
    (options.signal as AbortSignal | undefined)?.throwIfAborted();
    if (error instanceof BootstrapError) throw error;
    if (error instanceof Error && error.cause instanceof BootstrapError) throw error.cause;
    const what = codeOf(error) ?? reasonOf(error);
    throw new BootstrapError('network', `${url.host} could not be reached: ${what}`, { cause: error, mayPass: true });
  }
}

/** Through a proxy the names are resolved there: then the host's name alone has been checked. */
function createDispatcher(
  proxy: NonNullable<HttpClientOptions['proxy']>,
  resolve: NonNullable<HttpClientOptions['resolve']>,
  isAllowed: (address: string) => boolean,
): Dispatcher {
  const connect: Agent.Options['connect'] = {
    lookup(hostname, options, callback) {
      resolve(hostname).then(
        (addresses) => {
          // One bad address among good ones is how rebinding hides.
          if (addresses.length === 0 || !addresses.every(isAllowed)) {
            callback(privateAddress(hostname), '', 4);
            return;
          }
          const all = addresses.map((address) => ({ address, family: isIP(address) }));
          if (options.all === true) callback(null, all);
          else callback(null, all[0]?.address ?? '', all[0]?.family ?? 4);
        },
        (error: unknown) => callback(error as NodeJS.ErrnoException, '', 4),
      );
    },
  };
  const { http = '', https = '', no = '' } = proxy;
  if (http === '' && https === '') return new Agent({ connect });
  return new EnvHttpProxyAgent({ httpProxy: http, httpsProxy: https, noProxy: no, connect });
}

const privateAddress = (hostname: string): BootstrapError =>
  new BootstrapError(
    'private_address',
    `${hostname} is not on the public internet; bootstrap.allowHosts (LINGMA_GATEWAY_BOOTSTRAP_ALLOW_HOSTS) names hosts that need not be`,
  );

const resolveName = (hostname: string): Promise<readonly string[]> =>
  new Promise((resolve, reject) => {
    lookup(hostname, { all: true }, (error, found) => {
      if (error === null) resolve(found.map(({ address }) => address));
      else reject(error);
    });
  });
