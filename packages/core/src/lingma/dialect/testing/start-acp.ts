/** An ACP turn on a fake process, under way. */
import type { JsonObject, JsonValue } from '../../../util/index.js';
import type { DialectTurn, RunningTurn } from '../../turn/turn-contract.js';
import { createAcpDialect } from '../acp/acp-dialect.js';
import type { ImageFiles } from '../acp/image-files.js';
import { aContext, aTurn, FakeClock, FakePeer, settled } from './fake-peer.js';

export const SESSION = 'session-1';

export interface StartedAcp {
  readonly peer: FakePeer;
  readonly clock: FakeClock;
  readonly requestId: string;
  readonly run: RunningTurn;
  /** The reply to `session/prompt`. */
  reply(result: JsonValue | Error): Promise<void>;
  update(update: JsonObject, more?: JsonObject): void;
  text(text: string): void;
  finish(data?: JsonObject): void;
}

export function startAcp(
  options: { turn?: Partial<DialectTurn>; peer?: FakePeer; signal?: AbortSignal; images?: ImageFiles } = {},
): StartedAcp {
  const peer = options.peer ?? new FakePeer();
  let reply: (result: JsonValue | Error) => void = () => undefined;
  peer.answer(
    'session/prompt',
    () =>
      new Promise((resolve, reject) => {
        reply = (result) => (result instanceof Error ? reject(result) : resolve(result));
      }),
  );
  const clock = new FakeClock();
  const dialect = createAcpDialect({ clock, ...(options.images !== undefined && { images: options.images }) });
  const run = dialect.runTurn(peer, aTurn({ sessionId: SESSION, ...options.turn }), aContext(options.signal));
  const meta = peer.calls.find(({ method }) => method === 'session/prompt')?.params._meta as JsonObject | undefined;
  const requestId = (meta?.['ai-coding/request-id'] ?? '') as string;
  const update = (content: JsonObject, more: JsonObject = { _meta: { 'ai-coding/request-id': requestId } }): void =>
    void peer.emit('session/update', { sessionId: SESSION, ...more, update: content });
  return {
    peer,
    clock,
    requestId,
    run,
    update,
    async reply(result) {
      reply(result);
      await settled();
    },
    text: (text) => update({ sessionUpdate: 'agent_message_chunk', content: { type: 'text', text } }),
    finish: (data = { reason: 'success', statusCode: 200, fullAnswer: '' }) =>
      update({ sessionUpdate: 'notification', type: 'chat_finish', data }),
  };
}
