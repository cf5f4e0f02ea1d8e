/** The callback that the operator's browser could not deliver, delivered to the process on this machine. */
import { type IncomingMessage, request } from 'node:http';
import { GatewayError } from '@lingma-gateway/core';
import { LoginFailure, type Organisation } from '../login-failure.js';
import { chooseOrganisation, readOrganisationPage } from './organisations.js';

const TIMEOUT_MS = 10_000;
/** Of a page: what comes after that is not read. */
const MAX_PAGE_BYTES = 1024 * 1024;
const MAX_HOPS = 4;
const ERROR_CODE = /window\.error_code\s*=\s*["']?(-?\d+)/;

export interface Replay {
  /** Path and query, checked. */
  readonly target: string;
  readonly httpPort: number;
  readonly organisationId?: string;
  readonly signal: AbortSignal;
}

/**
 * Resolves when the process has accepted it, organisation page included.
 *
 * @throws GatewayError `login_nonce_used`, `not_ready`; LoginFailure `needs_organisation`
 */
export async function replayCallback({ target, httpPort, organisationId, signal }: Replay): Promise<void> {
  let path = target;
  for (let hop = 0; hop <= MAX_HOPS; hop++) {
    const { status, location, page } = await get(path, httpPort, signal);
    if (status >= 300 && status < 400 && location !== undefined) {
      const next = withinProcess(location, path, httpPort);
      // Somewhere else there is nothing for us: the process has taken what it wanted.
      if (next === undefined) return;
      path = next;
      continue;
    }
    if (status >= 500) throw new GatewayError('not_ready', 'Lingma could not take the callback. Try again.');
    if (status >= 400 || Number(ERROR_CODE.exec(page)?.[1] ?? 0) !== 0) throw nonceUsed();
    const choice = readOrganisationPage(page);
    if (choice === undefined) return;
    const chosen = chooseOrganisation(choice, organisationId);
    const next = chosen.path ?? organisationPath(path, chosen.id);
    // It asks again for what it was told.
    if (next === path) throw needsOrganisation(choice.organisations);
    path = next;
  }
  throw new GatewayError('not_ready', 'Lingma does not come to an end with this callback');
}

const needsOrganisation = (organisations: readonly Organisation[]): LoginFailure =>
  new LoginFailure('needs_organisation', 'Lingma does not accept the organisation that was chosen', {
    organisations: organisations.map(({ id, name }) => ({ id, name })),
  });

const nonceUsed = (): GatewayError =>
  new GatewayError(
    'login_nonce_used',
    'Lingma does not accept this address (any more): start again and use the new one',
  );

/** What the page itself would ask for. */
function organisationPath(before: string, id: string): string {
  const query = new URLSearchParams(before.slice(before.indexOf('?') + 1));
  query.set('organizationId', id);
  return `/auth/loginWithOrganization?${query}`;
}

function withinProcess(location: string, path: string, httpPort: number): string | undefined {
  try {
    const url = new URL(location, `http://127.0.0.1:${httpPort}${path}`);
    const isOwn = url.protocol === 'http:' && ['127.0.0.1', 'localhost'].includes(url.hostname);
    return isOwn && url.port === String(httpPort) ? `${url.pathname}${url.search}` : undefined;
  } catch {
    return undefined;
  }
}

interface Answer {
  readonly status: number;
  readonly location?: string;
  readonly page: string;
}

function get(path: string, port: number, signal: AbortSignal): Promise<Answer> {
  const limited = AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]);
  return new Promise((resolve, reject) => {
    const fail = (): void => {
      if (signal.aborted) reject(signal.reason);
      // The cause would hold the address.
      else reject(new GatewayError('not_ready', 'Lingma does not answer where callbacks go. Try again.'));
    };
    const sent = request(
      { host: '127.0.0.1', port, path, headers: { host: `127.0.0.1:${port}` }, signal: limited, agent: false },
      (response) => {
        readPage(response).then((page) => {
          const { statusCode: status = 0, headers } = response;
          resolve({ status, page, ...(headers.location !== undefined && { location: headers.location }) });
        }, fail);
      },
    );
    sent.on('error', fail);
    sent.end();
  });
}

async function readPage(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response) {
    chunks.push(chunk as Buffer);
    size += (chunk as Buffer).byteLength;
    if (size >= MAX_PAGE_BYTES) break;
  }
  return Buffer.concat(chunks).subarray(0, MAX_PAGE_BYTES).toString('utf8');
}
