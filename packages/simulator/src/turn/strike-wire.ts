import type { ClientConnection } from '../connection/client-connection.js';
import { seededCuts } from '../connection/frame-fragmenter.js';
import { encodeFrame, type FrameStyle } from '../connection/framing.js';
import type { DialectEmitter } from '../dialect/dialect-emitter.js';
import type { EndFault, WireFault } from './wire-fault.js';

/** The turn goes on, is over with its connection, or says nothing more. */
export type AfterFault = 'on' | 'gone' | 'silent';

const MIB = 1024 * 1024;
const GIANT_FRAME_BYTES = 65 * MIB;
const GIANT_DELTA_CHARS = 4 * MIB;
const DEPTH = 100_000;
const FLOOD = 5000;

const LOG = JSON.stringify({
  jsonrpc: '2.0',
  method: 'window/logMessage',
  params: { type: 4, message: 'all is well' },
});

/** The same bytes in every run; none of them can begin a header. */
const garbage = (): Buffer => {
  const next = seededCuts(4711);
  return Buffer.from(Array.from({ length: 4096 }, () => 128 + next(128)));
};

/** Does what the fault is called. */
export function strikeWire(
  fault: WireFault,
  { client, emitter, frames }: { client: ClientConnection; emitter: DialectEmitter; frames: FrameStyle },
): AfterFault {
  const raw = (bytes: Buffer | string): 'on' => {
    client.sendRaw(Buffer.from(bytes as string));
    return 'on';
  };
  const framed = (body: string): 'on' => raw(encodeFrame(body, frames));
  const misframed = (length: number | string): 'on' => raw(`Content-Length: ${length}\r\n\r\n${LOG}`);
  switch (fault) {
    case 'reset':
      client.reset();
      return 'gone';
    case 'close':
      client.close();
      return 'gone';
    case 'half-close':
      client.endWriting();
      return 'gone';
    case 'stall':
      return 'silent';
    case 'garbage':
      return raw(garbage());
    case 'bad-websocket-frame':
      client.sendPastFraming(Buffer.concat([Buffer.from([0xf1, 0x01, 0x00]), garbage()]));
      return 'on';
    case 'endless-header':
      return raw(`X-Padding: ${'x'.repeat(MIB)}`);
    case 'truncated-frame': {
      const frame = encodeFrame(LOG, frames);
      return raw(frame.subarray(0, frame.length >> 1));
    }
    case 'length-too-long':
      return misframed(LOG.length + 10);
    case 'length-too-short':
      return misframed(LOG.length - 10);
    case 'length-huge':
      return misframed(100_000_000_000);
    case 'length-negative':
      return misframed(-1);
    case 'giant-frame':
      return raw(encodeFrame(`"${'x'.repeat(GIANT_FRAME_BYTES)}"`, frames));
    case 'giant-delta':
      emitter.answer('x'.repeat(GIANT_DELTA_CHARS));
      return 'on';
    case 'broken-json':
      return framed(LOG.slice(0, -2));
    case 'not-an-object':
      for (const body of ['null', '[]', '42', '"text"', 'true', `[${LOG}]`]) framed(body);
      return 'on';
    case 'invalid-utf8':
      return raw(Buffer.concat([Buffer.from(`Content-Length: ${LOG.length}\r\n\r\n`), invalidUtf8(LOG)]));
    case 'deep-json':
      for (const method of ['session/update', 'chat/answer']) {
        framed(`{"jsonrpc":"2.0","method":"${method}","params":${'['.repeat(DEPTH)}${']'.repeat(DEPTH)}}`);
      }
      return 'on';
    case 'wrong-types':
      for (const value of [42, null, true, { text: 'x' }, ['x']]) emitter.answer(value as unknown as string);
      for (const params of [null, [], 'text', { update: null }, { sessionId: 7, requestId: {} }]) {
        for (const method of ['session/update', 'chat/answer', 'chat/think']) client.notify(method, params);
      }
      return 'on';
    case 'foreign-events':
      sendForeignEvents(client);
      return 'on';
    case 'unknown-replies':
      for (const id of [987_654, 'nobody', '']) client.reply(id, { stopReason: 'end_turn' });
      client.fail(null, -32_600, 'invalid request');
      return framed('{"jsonrpc":"2.0","result":{}}');
    case 'unknown-request':
      client.event('workspace/unheardOf', {});
      return 'on';
    case 'flood':
      for (let sent = 0; sent < FLOOD; sent += 1) framed(LOG);
      return 'on';
  }
}

/** Ends the turn as the fault is called; `finish` is the proper end. */
export function strikeEnd(fault: EndFault, emitter: DialectEmitter, finish: () => void): 'over' | 'silent' {
  if (fault === 'no-finish') return 'silent';
  finish();
  if (fault === 'duplicate-finish') finish();
  if (fault === 'late-delta') emitter.answer('(late text)');
  if (fault === 'error-after-finish') emitter.fail({ status: 500, message: 'error' }, 'finish');
  return 'over';
}

function invalidUtf8(text: string): Buffer {
  const bytes = Buffer.from(text);
  const at = text.indexOf('well');
  bytes.set([0xff, 0xc3, 0x28], at);
  return bytes;
}

function sendForeignEvents(client: ClientConnection): void {
  const ids = { requestId: 'request-of-nobody', sessionId: 'session-of-nobody' };
  const content = { type: 'text', text: 'FOREIGN' };
  const update = (body: object): void => {
    const meta = { 'ai-coding/request-id': ids.requestId };
    client.notify('session/update', { sessionId: ids.sessionId, _meta: meta, update: body });
  };
  update({ sessionUpdate: 'agent_message_chunk', content });
  update({ sessionUpdate: 'notification', type: 'chat_finish', data: { ...ids, reason: 'success', statusCode: 200 } });
  client.notify('chat/answer', { ...ids, text: 'FOREIGN', overwrite: true });
  client.notify('chat/finish', { ...ids, reason: 'success', statusCode: 200, fullAnswer: 'FOREIGN' });
  client.notify('chat/error', { ...ids, code: 500, message: 'FOREIGN' });
}
