/** Apps around a gateway whose turns the test plays, on sockets of their own; all of them end with the test. */
import { once } from 'node:events';
import {
  createServer,
  request as httpRequest,
  type IncomingMessage,
  type RequestListener,
  type Server,
} from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { createGateway, type Gateway, type GatewayOptions } from '@lingma-gateway/core';
import type { ChatEvent } from '@lingma-gateway/core/chat';
import { afterEach, expect, vi } from 'vitest';
import { END, ScriptedChannel, START } from '../contract/scripted-channel.js';
import { PATHS, PROTOCOLS, type Protocol, requestBody } from '../support/ask.js';
import { whenSettled } from '../support/when-settled.js';

const cleanups: (() => unknown)[] = [];
/** Run after the test, the last first. */
export const cleanUp = (work: () => unknown): void => void cleanups.push(work);
afterEach(async () => {
  for (const work of cleanups.splice(0).reverse()) await work();
});

/** Log lines: the message and its fields. */
export type LogLine = Readonly<Record<string, unknown>> & { readonly message: string };

export interface Played {
  readonly channel: ScriptedChannel;
  readonly gateway: Gateway;
  readonly log: LogLine[];
}

export function playGateway(options: Partial<GatewayOptions> = {}): Played {
  const channel = new ScriptedChannel();
  const log: LogLine[] = [];
  const logger = (bound: object): NonNullable<GatewayOptions['logger']> => {
    const write = (message: string, fields?: object): void => void log.push({ ...bound, ...fields, message });
    return {
      debug: write,
      info: write,
      warn: write,
      error: write,
      child: (fields: object) => logger({ ...bound, ...fields }),
    };
  };
  const gateway = createGateway({ channel, logger: logger({}), ...options });
  cleanUp(() => gateway.close({ graceMs: 0 }));
  return { channel, gateway, log };
}

/** Listens on loopback. Resolves with the base URL. */
export async function listen(listener: RequestListener | Server): Promise<string> {
  const server = typeof listener === 'function' ? createServer(listener) : listener;
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  cleanUp(async () => {
    server.close();
    server.closeAllConnections();
    await once(server, 'close');
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** A call in the history whose input holds an integer beyond what a double can tell. */
export const EXACT = '1764263345123456789';
const PLACE = '"@id"';

export function bodyWithExactNumber(protocol: Protocol): string {
  const input = { id: '@id' };
  const history: Record<Protocol, Record<string, unknown>> = {
    chat: {
      messages: [
        { role: 'user', content: 'Look' },
        {
          role: 'assistant',
          content: null,
          tool_calls: [{ id: 'c', type: 'function', function: { name: 'look', arguments: input } }],
        },
        { role: 'tool', tool_call_id: 'c', content: 'found' },
      ],
    },
    messages: {
      messages: [
        { role: 'user', content: 'Look' },
        { role: 'assistant', content: [{ type: 'tool_use', id: 'c', name: 'look', input }] },
        { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'c', content: 'found' }] },
      ],
    },
    responses: {
      input: [
        { role: 'user', content: 'Look' },
        { type: 'function_call', call_id: 'c', name: 'look', arguments: input },
        { type: 'function_call_output', call_id: 'c', output: 'found' },
      ],
    },
  };
  return JSON.stringify(requestBody(protocol, { prompt: '', body: history[protocol] })).replaceAll(PLACE, EXACT);
}

export { PROTOCOLS, type Protocol };

/** One request by `node:http`, which sends any Host and unpacks nothing. */
export async function plainRequest(
  url: string,
  { method = 'GET', headers = {}, body }: { method?: string; headers?: Record<string, string>; body?: string | Buffer },
): Promise<{ status: number; headers: IncomingMessage['headers']; body: Buffer }> {
  const call = httpRequest(url, { method, headers });
  call.end(body);
  const [response] = (await once(call, 'response')) as [IncomingMessage];
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  return { status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks) };
}

/** A request as small as one can be, and where it goes. */
export const HELLO = { model: 'gpt-x', messages: [{ role: 'user', content: 'Hi' }] };
export const CHAT = PATHS.chat;
const STREAMED = JSON.stringify({ ...HELLO, stream: true });

/** A client that asks for a stream and reads nothing until it is told to. */
export function askAndWait(base: string): Socket {
  const { hostname, port, pathname } = new URL(base);
  const socket = connect(Number(port), hostname);
  cleanUp(() => socket.destroy());
  socket.on('error', () => undefined);
  socket.pause();
  socket.write(
    `POST ${pathname}/v1/chat/completions HTTP/1.1\r\nhost: ${hostname}:${port}\r\nconnection: close\r\n` +
      'accept-encoding: gzip\r\ncontent-type: application/json\r\n' +
      `content-length: ${STREAMED.length}\r\n\r\n${STREAMED}`,
  );
  return socket;
}

/** A stream whose reader is slow is held back at its source, and arrives whole. */
export async function expectBackPressure(base: string, { channel, gateway }: Played): Promise<void> {
  const delta = 'x'.repeat(32 * 1024);
  const total = 2_000;
  let made = 0;
  channel.script = () => undefined;
  channel.source = (): ChatEvent[] => {
    made++;
    if (made === 1) return [START, { type: 'text-start', id: 't' }];
    if (made <= total) return [{ type: 'text-delta', id: 't', delta }];
    return [{ type: 'text-end', id: 't' }, END];
  };
  const socket = askAndWait(base);
  await whenSettled(() => made);
  // What is under way fits into the kernel's buffers and one high-water mark.
  expect(made).toBeLessThan(total / 4);
  let received = 0;
  for await (const piece of socket) received += (piece as Buffer).length;
  expect(received).toBeGreaterThan((total - 1) * delta.length);
  await vi.waitFor(() => expect(gateway.status().requests).toBe(0));
}

/** The turn of a client that goes away ends with it. */
export async function expectDisconnectToEndTurn(base: string, { channel, gateway }: Played): Promise<void> {
  channel.script = (turn) =>
    turn.push(START, { type: 'text-start', id: 't' }, { type: 'text-delta', id: 't', delta: 'a' });
  const client = new AbortController();
  const response = await fetch(`${base}/v1/chat/completions`, {
    method: 'POST',
    body: STREAMED,
    signal: client.signal,
  });
  await response.body?.getReader().read();
  client.abort();
  await vi.waitFor(() => {
    expect(channel.turns.at(-1)?.context.signal.reason).toMatchObject({ code: 'client_closed' });
    expect(gateway.status().requests).toBe(0);
  });
}

/** The first words of a stream arrive while the turn goes on. */
export async function expectUnbuffered(base: string, { channel }: Played): Promise<Response> {
  channel.script = (turn) =>
    turn.push(START, { type: 'text-start', id: 't' }, { type: 'text-delta', id: 't', delta: 'soon' });
  const response = await fetch(`${base}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'accept-encoding': 'gzip, br' },
    body: STREAMED,
  });
  expect(response.headers.get('content-type')).toContain('text/event-stream');
  expect(response.headers.get('content-encoding')).toBeNull();
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  let seen = '';
  while (!seen.includes('soon')) seen += (await reader?.read())?.value ?? '';
  const turn = channel.turns.at(-1);
  turn?.push({ type: 'text-end', id: 't' }, END);
  turn?.end();
  for (let done = false; !done; ) {
    const piece = await reader?.read();
    seen += piece?.value ?? '';
    done = piece?.done ?? true;
  }
  expect(seen).toContain('[DONE]');
  return response;
}

/** Post JSON to a path of the gateway's. */
export const post = (url: string, body: unknown, headers: Record<string, string> = {}): Promise<Response> =>
  fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
