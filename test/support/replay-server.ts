/**
 * A Lingma that only knows one recorded turn: it answers the set-up calls plainly and, when asked, plays the frames of
 * a transcript. It shares no code with the gateway or the simulator, so a mistake in either shows.
 *
 * Transcript: JSON lines. The first is a header `{meta: true, dialect, case, source?, turns?}`; `{reply, to}` sets the
 * result of a call (`{error, to}` its error), `{frame}` is sent in order once the turn was asked for; `"$REQUEST"` and
 * `"$SESSION"` in them become the ids of that turn.
 */
import { readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { type WebSocket, WebSocketServer } from 'ws';

interface Message {
  readonly id?: number | string;
  readonly method?: string;
  readonly params?: {
    readonly requestId?: string;
    readonly sessionId?: string;
    readonly _meta?: Record<string, string>;
  };
}

interface Line {
  readonly meta?: true;
  readonly to?: string;
  readonly reply?: unknown;
  readonly error?: unknown;
  readonly frame?: { readonly id?: number; readonly method: string };
}

export interface ReplayServer {
  readonly url: string;
  /** Methods the client called, in order. */
  readonly calls: readonly { readonly method: string; readonly params: unknown }[];
  close(): Promise<void>;
}

const MODELS = {
  assistant: [{ key: 'org_auto', displayName: 'Auto', isDefault: true, isReasoning: false, isVl: true }],
};

export async function startReplayServer(transcript: string | URL): Promise<ReplayServer> {
  const lines = readFileSync(transcript, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Line & { readonly dialect?: string });
  const dialect = lines[0]?.dialect;
  const calls: { method: string; params: unknown }[] = [];
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0 });
  await new Promise((resolve) => server.once('listening', resolve));
  let sessions = 0;

  server.on('connection', (socket) => {
    let buffer = Buffer.alloc(0);
    socket.on('message', (data: Buffer) => {
      buffer = Buffer.concat([buffer, data]);
      for (;;) {
        const headerEnd = buffer.indexOf('\r\n\r\n');
        if (headerEnd === -1) return;
        const length = Number(/content-length: *(\d+)/i.exec(buffer.toString('latin1', 0, headerEnd))?.[1]);
        if (buffer.length < headerEnd + 4 + length) return;
        const body = buffer.toString('utf8', headerEnd + 4, headerEnd + 4 + length);
        buffer = buffer.subarray(headerEnd + 4 + length);
        answer(socket, JSON.parse(body) as Message);
      }
    });
  });

  const send = (socket: WebSocket, message: object): void => {
    const body = Buffer.from(JSON.stringify({ jsonrpc: '2.0', ...message }));
    socket.send(Buffer.concat([Buffer.from(`Content-Length: ${body.length}\r\n\r\n`), body]));
  };

  const answer = (socket: WebSocket, message: Message): void => {
    const { method, id } = message;
    if (method === undefined) return;
    calls.push({ method, params: message.params });
    const isTurn = method === 'chat/ask' || method === 'session/prompt';
    const request = message.params?.requestId ?? message.params?._meta?.['ai-coding/request-id'] ?? '';
    const session = message.params?.sessionId || 'session-1';
    const fill = <T>(value: T): T =>
      JSON.parse(JSON.stringify(value).replaceAll('$REQUEST', request).replaceAll('$SESSION', session)) as T;

    const scripted = lines.find((line) => line.to === method);
    const early = isTurn && scripted !== undefined && lines.indexOf(scripted) < lines.findIndex((line) => line.frame);
    const reply = (): void => {
      if (id === undefined) return;
      if (scripted?.error !== undefined) send(socket, { id, error: scripted.error });
      else if (scripted !== undefined) send(socket, { id, result: fill(scripted.reply) });
      else if (isTurn) send(socket, { id, result: null });
      else send(socket, { id, ...standard(method) });
    };

    if (early || !isTurn) reply();
    if (!isTurn) return;
    for (const line of lines) if (line.frame !== undefined) send(socket, fill(line.frame));
    if (!early && scripted !== undefined) reply();
  };

  const standard = (method: string): object => {
    switch (method) {
      case 'initialize':
        return { result: { capabilities: {}, serverInfo: { name: 'lingma', version: '2.11.1' } } };
      case 'auth/status':
        return { result: { status: 2, token: 'pt-secret', refreshToken: 'rt-secret' } };
      case 'config/queryModels':
        return { result: MODELS };
      case 'session/new':
        return dialect === 'acp'
          ? { result: { sessionId: `session-${++sessions}` } }
          : { error: { code: -32601, message: 'unknown method: session/new' } };
      default:
        return { result: {} };
    }
  };

  return {
    url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    calls,
    close: () =>
      new Promise((resolve) => {
        for (const client of server.clients) client.terminate();
        server.close(() => resolve());
      }),
  };
}
