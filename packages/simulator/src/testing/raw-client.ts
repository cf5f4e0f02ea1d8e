import { connect, type Socket } from 'node:net';
import { WebSocket } from 'ws';

/**
 * A client for the simulator's own tests: sends frames, keeps everything that comes, answers ids when told to. It reads
 * frames in its own way, on purpose not with the simulator's decoder.
 */
export interface WireMessage {
  readonly id?: number | string;
  readonly method?: string;
  readonly params?: { readonly [key: string]: unknown };
  readonly result?: unknown;
  readonly error?: { readonly code: number; readonly message: string };
}

export interface RawClientOptions {
  readonly headers?: Record<string, string>;
  /** What to answer to a request of the process; `'silent'` = nothing. Default: result null. */
  readonly answer?: (message: WireMessage) => unknown | 'silent';
}

export class RawClient {
  readonly messages: WireMessage[] = [];
  /** Bytes of each transport message, in order. */
  readonly chunks: Buffer[] = [];
  closed = false;
  #buffer: Buffer = Buffer.alloc(0);
  #lastId = 0;
  #waiters: (() => void)[] = [];
  readonly #write: (bytes: Buffer) => void;
  readonly #end: () => void;
  readonly #answer: (message: WireMessage) => unknown;

  private constructor(write: (bytes: Buffer) => void, end: () => void, options: RawClientOptions) {
    this.#write = write;
    this.#end = end;
    this.#answer = options.answer ?? (() => null);
  }

  static async webSocket(url: string, options: RawClientOptions = {}): Promise<RawClient> {
    const socket = new WebSocket(url, { headers: options.headers ?? {} });
    const client = new RawClient(
      (bytes) => socket.send(bytes, { binary: false }),
      () => socket.close(),
      options,
    );
    socket.on('message', (data: Buffer) => client.#take(data));
    socket.on('close', () => client.#markClosed());
    await new Promise<void>((resolve, reject) => socket.once('open', resolve).once('error', reject));
    socket.on('error', () => undefined);
    return client;
  }

  static async socket(path: string, options: RawClientOptions = {}): Promise<RawClient> {
    const socket: Socket = connect(path);
    const client = new RawClient(
      (bytes) => socket.write(bytes),
      () => socket.end(),
      options,
    );
    socket.on('data', (data: Buffer) => client.#take(data));
    socket.on('close', () => client.#markClosed());
    await new Promise<void>((resolve, reject) => socket.once('connect', resolve).once('error', reject));
    socket.on('error', () => undefined);
    return client;
  }

  raw(text: string): void {
    this.#write(Buffer.from(text));
  }

  send(message: object): void {
    const body = Buffer.from(JSON.stringify({ jsonrpc: '2.0', ...message }));
    this.#write(Buffer.concat([Buffer.from(`Content-Length: ${body.length}\r\n\r\n`), body]));
  }

  notify(method: string, params: unknown): void {
    this.send({ method, params });
  }

  /** Sends a request and waits for its response. */
  async call(method: string, params: unknown = {}, id?: number | string): Promise<WireMessage> {
    this.#lastId += 1;
    const ownId = id ?? this.#lastId;
    this.send({ id: ownId, method, params });
    return this.wait((message) => message.method === undefined && message.id === ownId);
  }

  async initialize(): Promise<void> {
    await this.call('initialize', {});
  }

  /** First message that fits, waiting for it if need be; rejects when the connection closes before. */
  async wait(fits: (message: WireMessage) => boolean): Promise<WireMessage> {
    for (let seen = 0; ; ) {
      while (seen < this.messages.length) {
        const message = this.messages[seen] as WireMessage;
        seen += 1;
        if (fits(message)) return message;
      }
      if (this.closed) throw new Error('connection closed');
      await new Promise<void>((resolve) => this.#waiters.push(resolve));
    }
  }

  async waitClosed(): Promise<void> {
    while (!this.closed) await new Promise<void>((resolve) => this.#waiters.push(resolve));
  }

  /** Methods of all events and requests that came, in order. */
  methods(): string[] {
    return this.messages.flatMap((message) => (message.method === undefined ? [] : [message.method]));
  }

  close(): void {
    this.#end();
  }

  #take(data: Buffer): void {
    this.chunks.push(Buffer.from(data));
    this.#buffer = Buffer.concat([this.#buffer, data]);
    for (;;) {
      const match = /^((?:[A-Za-z-]+: [^\r\n]*\r\n)+)\r\n/.exec(this.#buffer.toString('latin1'));
      const length = match && /content-length: (\d+)/i.exec(match[1] as string)?.[1];
      if (!match || length === undefined) break;
      const start = match[0].length;
      const end = start + Number(length);
      if (this.#buffer.length < end) break;
      const message = JSON.parse(this.#buffer.toString('utf8', start, end)) as WireMessage;
      this.#buffer = this.#buffer.subarray(end);
      this.messages.push(message);
      if (message.method !== undefined && message.id !== undefined) {
        const answer = this.#answer(message);
        if (answer !== 'silent') this.send({ id: message.id, result: answer });
      }
    }
    this.#wakeAll();
  }

  #markClosed(): void {
    this.closed = true;
    this.#wakeAll();
  }

  #wakeAll(): void {
    const waiters = this.#waiters;
    this.#waiters = [];
    for (const wake of waiters) wake();
  }
}

/** A text with a directive in it. */
export function sim(directive: object): string {
  return `Please answer. @sim ${JSON.stringify(directive)} Thank you.`;
}

/** Asks in the LSP chat dialect and waits for `chat/finish`. */
export async function ask(client: RawClient, questionText: string, more: object = {}): Promise<LspTurn> {
  const requestId = `request-${Math.random().toString(16).slice(2)}`;
  client.notify('chat/ask', { requestId, sessionId: '', stream: true, questionText, ...more });
  const finish = await client.wait((m) => m.method === 'chat/finish' && m.params?.requestId === requestId);
  const events = client.messages.filter((m) => m.params?.requestId === requestId);
  const deltas = events.filter((m) => m.method === 'chat/answer').map((m) => String(m.params?.text));
  return { requestId, deltas, text: deltas.join(''), events, finish: finish.params as LspTurn['finish'] };
}

export interface LspTurn {
  readonly requestId: string;
  readonly deltas: string[];
  readonly text: string;
  readonly events: WireMessage[];
  readonly finish: { reason: string; statusCode: number; fullAnswer: string; sessionId: string };
}

/** Opens an ACP session in a folder that exists. */
export async function newSession(client: RawClient, model?: string): Promise<string> {
  const { result } = await client.call('session/new', { cwd: process.cwd(), mcpServers: [], _meta: {} });
  const { sessionId } = result as { sessionId: string };
  if (model !== undefined) await client.call('session/set_model', { sessionId, modelId: model });
  return sessionId;
}

/** Prompts in the ACP dialect and waits for `chat_finish` and the reply. */
export async function prompt(client: RawClient, sessionId: string, text: string): Promise<AcpTurn> {
  const requestId = `request-${Math.random().toString(16).slice(2)}`;
  const reply = client.call('session/prompt', {
    ...{ sessionId, prompt: [{ type: 'text', text }] },
    _meta: { 'ai-coding/request-id': requestId },
  });
  await client.wait((m) => finishOf(m)?.requestId === requestId);
  const updates = client.messages.filter(
    (m) => m.method === 'session/update' && metaOf(m)['ai-coding/request-id'] === requestId,
  );
  const chunks = updates.filter((m) => updateOf(m).sessionUpdate === 'agent_message_chunk');
  return {
    requestId,
    updates: updates.map(updateOf),
    deltas: chunks.map((m) => String((updateOf(m).content as { text: string }).text)),
    text: chunks.map((m) => String((updateOf(m).content as { text: string }).text)).join(''),
    finish: updates.map(finishOf).find((finish) => finish !== undefined) as AcpTurn['finish'],
    reply: await reply,
  };
}

export interface AcpTurn {
  readonly requestId: string;
  readonly updates: { readonly [key: string]: unknown }[];
  readonly deltas: string[];
  readonly text: string;
  readonly finish: { requestId: string; reason: string; statusCode: number; fullAnswer: string };
  readonly reply: WireMessage;
}

export function updateOf(message: WireMessage): { readonly [key: string]: unknown } {
  return (message.params?.update ?? {}) as { readonly [key: string]: unknown };
}

function metaOf(message: WireMessage): { readonly [key: string]: unknown } {
  const own = updateOf(message)._meta as object | undefined;
  return { ...(message.params?._meta as object | undefined), ...own };
}

function finishOf(message: WireMessage): AcpTurn['finish'] | undefined {
  const update = updateOf(message);
  return update.type === 'chat_finish' ? (update.data as AcpTurn['finish']) : undefined;
}
