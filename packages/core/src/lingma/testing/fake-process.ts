/** A process in memory, at the far end of {@link Transport}s: answers calls as told. For tests alone. */
import type { JsonObject, JsonValue } from '../../util/index.js';
import type { Connector } from '../connection/connector-port.js';
import { encodeFrame } from '../jsonrpc/encode-frame.js';
import { FrameDecoder } from '../jsonrpc/frame-decoder.js';
import type { Transport, TransportHandlers } from '../transport/transport.js';

export interface FakeLink {
  /** 1 for the first connection. */
  readonly number: number;
  send(message: JsonObject): void;
  /** The process ends the connection. */
  drop(): void;
}

/** The result; an `Error` is answered as a JSON-RPC error; `undefined` is not answered at all. */
export type FakeAnswer = (params: JsonObject, link: FakeLink) => JsonValue | Error | undefined | Promise<JsonValue>;

export class FakeProcess {
  readonly calls: { readonly method: string; readonly params: JsonObject; readonly link: FakeLink }[] = [];
  readonly links = new Set<FakeLink>();
  readonly #answers = new Map<string, FakeAnswer>();
  #count = 0;

  constructor(answers: Readonly<Record<string, FakeAnswer>> = {}) {
    const sessions = { 'session/new': () => ({ sessionId: `session-${++this.#sessions}` }) };
    const all = { ...DEFAULTS, ...sessions, ...answers };
    for (const [method, answer] of Object.entries(all)) this.answer(method, answer);
  }

  #sessions = 0;

  answer(method: string, answer: FakeAnswer): this {
    this.#answers.set(method, answer);
    return this;
  }

  readonly connector: Connector = async () => {
    const { transport, link } = this.#connect();
    this.links.add(link);
    return transport;
  };

  paramsOf(method: string): JsonObject[] {
    return this.calls.filter((call) => call.method === method).map(({ params }) => params);
  }

  #connect(): { transport: Transport; link: FakeLink } {
    let handlers: TransportHandlers | undefined;
    const decoder = new FrameDecoder({ maxFrameBytes: 1e6 });
    const end = (): void => {
      if (!this.links.delete(link)) return;
      handlers?.onClose();
    };
    const link: FakeLink = {
      number: ++this.#count,
      send: (message) => {
        if (this.links.has(link)) handlers?.onBytes(encodeFrame({ jsonrpc: '2.0', ...message }));
      },
      drop: end,
    };
    const transport: Transport = {
      address: 'memory',
      send: (frame) => decoder.push(frame, (body) => queueMicrotask(() => void this.#receive(JSON.parse(body), link))),
      pause: () => undefined,
      resume: () => undefined,
      close: end,
      listen: (given) => {
        handlers = given;
      },
    };
    return { transport, link };
  }

  async #receive({ id, method, params }: JsonObject, link: FakeLink): Promise<void> {
    if (typeof method !== 'string' || !this.links.has(link)) return;
    this.calls.push({ method, params: params as JsonObject, link });
    const answer = await this.#answers.get(method)?.(params as JsonObject, link);
    if (answer === undefined || id === undefined) return;
    if (answer instanceof Error) link.send({ id, error: { code: -32603, message: answer.message } });
    else link.send({ id, result: answer });
  }
}

const DEFAULTS: Readonly<Record<string, FakeAnswer>> = {
  initialize: () => ({ serverInfo: { name: 'lingma', version: '2.11.1' } }),
  'auth/status': () => ({ status: 2 }),
  'config/queryModels': () => ({
    chat: [
      { key: 'org_auto', isDefault: true },
      { key: 'kmodel', displayName: 'Kimi' },
    ],
  }),
  'session/set_model': () => ({}),
  'session/prompt': (params, link) => {
    answerPrompt(params, link, 'fine');
    return null;
  },
  'chat/deleteSessionById': () => ({ success: true }),
};

/** One piece of text and the end of the turn. */
export function answerPrompt(params: JsonObject, link: FakeLink, text: string): void {
  const { sessionId, _meta } = params;
  const update = (content: JsonObject): void =>
    link.send({ method: 'session/update', params: { sessionId, _meta, update: content } });
  update({ sessionUpdate: 'agent_message_chunk', content: { type: 'text', text } });
  const data = { reason: 'success', statusCode: 200, fullAnswer: '' };
  update({ sessionUpdate: 'notification', type: 'chat_finish', data });
}
