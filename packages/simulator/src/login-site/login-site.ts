/** The vendor's sign-in site on loopback: the site, the origin of its form, and a foreign one that nobody may be sent to. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import { closeServer, listenOnPort } from '../connection/listen.js';
import { isJsonObject, stringMember } from '../json-object.js';
import { answerForeign, answerForm, answerSite, type SiteCall, type SiteContext, type SiteReply } from './routes.js';
import { Tickets } from './tickets.js';
import { type SiteRequest, SiteTraffic } from './traffic.js';
import type { LoginSiteUser, TypedText } from './users.js';

/** Who may sign in at the site, and how slow it is. */
export interface LoginSiteOptions {
  readonly users: readonly LoginSiteUser[];
  /** Of a `slow` user, before each step. Default: 10 s. */
  readonly stepMs?: number;
}

/** Origins of a started site. `foreign` is a host name of its own, the others are 127.0.0.1. */
export interface LoginSiteOrigins {
  readonly site: string;
  readonly form: string;
  readonly foreign: string;
}

/** A site to sign in at, in the place of Lingma's. */
export interface LoginSite {
  start(): Promise<void>;
  stop(): Promise<void>;
  /** @throws Error before `start()` */
  readonly origins: LoginSiteOrigins;
  /** Where the site begins; the process adds its nonce and port as the query. */
  readonly loginUrl: string;
  /** Shows the page of this user before a name is typed. A site with one user always does. */
  expect(name: string): void;
  /** How often a password was sent for this name. */
  attempts(name: string): number;
  /** What was typed into fields or sent by forms, oldest first. */
  readonly typed: readonly TypedText[];
  readonly requests: readonly SiteRequest[];
}

const BODY_LIMIT = 64 * 1024;
const FOREIGN_HOST = 'foreign.localhost';

/** A sign-in site for the users given, each with its own behaviour. It listens on 127.0.0.1 alone. */
export function createLoginSite(options: LoginSiteOptions): LoginSite {
  const users = new Map(options.users.map((user) => [user.name, user]));
  const traffic = new SiteTraffic();
  const tickets = new Tickets(users, traffic);
  let expectedName = options.users.length === 1 ? options.users[0]?.name : undefined;
  let running: { readonly servers: readonly Server[]; readonly origins: LoginSiteOrigins } | undefined;

  const origins = (): LoginSiteOrigins => {
    if (running === undefined) throw new Error('The login site is not running');
    return running.origins;
  };
  const context: SiteContext = {
    tickets,
    expected: () => (expectedName === undefined ? undefined : users.get(expectedName)),
    get origins() {
      return origins();
    },
  };

  const serve = (origin: TypedText['origin'], answer: (call: SiteCall, context: SiteContext) => SiteReply): Server =>
    createServer((request, response) => {
      void reply(origin, answer, request, response).catch(() => response.destroy());
    });

  const reply = async (
    origin: TypedText['origin'],
    answer: (call: SiteCall, context: SiteContext) => SiteReply,
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> => {
    const url = new URL(request.url ?? '/', origins()[origin]);
    const body = await readBody(request);
    if (body === undefined) return void response.writeHead(413).end();
    if (origin !== 'foreign' && !/^(127\.0\.0\.1|localhost):\d+$/.test(request.headers.host ?? '')) {
      return void response.writeHead(421).end();
    }
    const method = request.method ?? 'GET';
    if (url.pathname === '/typed') {
      noteTyped(traffic, origin, body);
      return void response.writeHead(204).end();
    }
    traffic.addRequest({ origin, method, path: url.pathname });
    const form = new URLSearchParams(body);
    for (const [field, value] of form) traffic.addTyped({ origin, page: url.pathname, field, value });
    const user = tickets.holder(url.searchParams.get('ticket') ?? '') ?? users.get(form.get('loginId') ?? '');
    if ((user ?? context.expected())?.behaviour === 'slow') await wait(options.stepMs ?? 10_000);
    send(response, answer({ method, url, form }, context));
  };

  return {
    async start() {
      if (running !== undefined) return;
      const servers = [serve('site', answerSite), serve('form', answerForm), serve('foreign', answerForeign)];
      const ports: number[] = [];
      try {
        for (const server of servers) ports.push(await listenOnPort(server, 0));
      } catch (cause) {
        await Promise.all(servers.map(closeServer));
        throw cause;
      }
      const [site, form, foreign] = ports;
      running = {
        servers,
        origins: {
          site: `http://127.0.0.1:${site}`,
          form: `http://127.0.0.1:${form}`,
          foreign: `http://${FOREIGN_HOST}:${foreign}`,
        },
      };
    },
    async stop() {
      const ended = running;
      running = undefined;
      for (const server of ended?.servers ?? []) server.closeAllConnections();
      await Promise.all((ended?.servers ?? []).map(closeServer));
    },
    get origins() {
      return origins();
    },
    get loginUrl() {
      return `${origins().site}/lingma/login`;
    },
    expect(name) {
      expectedName = name;
    },
    attempts: (name) => traffic.attempts(name),
    typed: traffic.typed,
    requests: traffic.requests,
  };
}

function send(response: ServerResponse, reply: SiteReply): void {
  const headers = { 'cache-control': 'no-store' };
  if (reply.kind === 'redirect') response.writeHead(302, { ...headers, location: reply.to }).end();
  else if (reply.kind === 'not-found') response.writeHead(404, headers).end('not found');
  else if (reply.kind === 'html') {
    response.writeHead(200, { ...headers, 'content-type': 'text/html; charset=utf-8' }).end(reply.html);
  } else {
    response.writeHead(200, { ...headers, 'content-type': 'application/json' }).end(JSON.stringify(reply.json));
  }
}

function noteTyped(traffic: SiteTraffic, origin: TypedText['origin'], body: string): void {
  try {
    const value: unknown = JSON.parse(body);
    if (!isJsonObject(value)) return;
    const [page, field, text] = ['page', 'field', 'value'].map((key) => stringMember(value, key));
    traffic.addTyped({ origin, page: page ?? '', field: field ?? '', value: text ?? '' });
  } catch {
    // No report of a page of ours.
  }
}

/** Undefined when it is longer than any form of the site. */
async function readBody(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request) {
    length += (chunk as Buffer).length;
    if (length > BODY_LIMIT) return undefined;
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks).toString('utf8');
}
