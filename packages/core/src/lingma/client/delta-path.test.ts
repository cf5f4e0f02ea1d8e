/**
 * The files that one piece of an answer enters between the callback of the socket and the queue of its turn. Everything
 * that runs inside the callback counts, by V8's own count; what the queue pushes on comes after it.
 *
 * Red? Something on the way of every piece calls into one more file. Ask for it in a slower case only, or read a field where
 * a call would do. If the detour is worth it, add the file here and say why in the commit.
 */
import { Session } from 'node:inspector';
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../util/index.js';
import { FakeClock } from '../dialect/testing/fake-peer.js';
import { encodeFrame } from '../jsonrpc/encode-frame.js';
import { FakeProcess } from '../testing/fake-process.js';
import type { TransportHandlers } from '../transport/transport.js';
import { LingmaClient } from './client.js';

/** Names of our files of which any function was called by `work`. */
function filesEntered(work: () => void): string[] {
  const inspector = new Session();
  inspector.connect();
  const entered = new Set<string>();
  try {
    inspector.post('Profiler.enable');
    inspector.post('Profiler.startPreciseCoverage', { callCount: true, detailed: false });
    inspector.post('Profiler.takePreciseCoverage');
    work();
    inspector.post('Profiler.takePreciseCoverage', (_error, { result }) => {
      for (const { url, functions } of result) {
        const [, file] = /packages\/core\/src\/(.*)\.ts$/.exec(url) ?? [];
        // The first function is the module itself.
        const isEntered = functions.some(
          ({ functionName, ranges }) => functionName !== '' && (ranges[0]?.count ?? 0) > 0,
        );
        if (file !== undefined && isEntered) entered.add(file);
      }
    });
  } finally {
    inspector.disconnect();
  }
  return [...entered].filter((file) => !file.endsWith('.test') && !file.includes('/testing/')).sort();
}

async function underWay(dialect: 'acp' | 'lsp-chat') {
  let params: JsonObject = {};
  let handlers: TransportHandlers | undefined;
  const take = (given: JsonObject): undefined => {
    params = given;
    return undefined;
  };
  const process = new FakeProcess({ 'session/prompt': take, 'chat/ask': take });
  const clock = new FakeClock();
  const client = new LingmaClient({
    clock,
    dialect,
    cwd: '/',
    connector: async (...given) => {
      const transport = await process.connector(...given);
      const listen = (own: TransportHandlers): void => {
        handlers = own;
        transport.listen(own);
      };
      return { ...transport, listen };
    },
  });
  const stream = client.streamTurn({ messages: [{ role: 'user', text: 'Hi' }] });
  let read = stream.read();
  while (params.sessionId === undefined) await new Promise((resolve) => setImmediate(resolve));
  const frame = (kind: 'text' | 'thought', text: string): Uint8Array => {
    const { requestId, _meta } = params;
    if (dialect === 'lsp-chat') {
      const method = kind === 'text' ? 'chat/answer' : 'chat/think';
      return encodeFrame({ jsonrpc: '2.0', method, params: { requestId, sessionId: 's1', text, step: 'start' } });
    }
    const sessionUpdate = kind === 'text' ? 'agent_message_chunk' : 'agent_thought_chunk';
    const update = { sessionUpdate, content: { type: 'text', text } };
    const { sessionId } = params;
    return encodeFrame({ jsonrpc: '2.0', method: 'session/update', params: { sessionId, _meta, update } });
  };
  return {
    /** Sends a piece and returns what came of it. */
    async send(kind: 'text' | 'thought', text: string, around = (send: () => void): void => send()): Promise<string> {
      const bytes = frame(kind, text);
      around(() => handlers?.onBytes(bytes));
      const events = (await read) ?? [];
      read = stream.read();
      return events.flatMap((event) => ('delta' in event ? [event.delta] : [])).join('');
    },
    /** The same, and the files that the piece enters. */
    async trace(kind: 'text' | 'thought', text: string): Promise<readonly [string, readonly string[]]> {
      let files: readonly string[] = [];
      const came = await this.send(kind, text, (send) => {
        files = filesEntered(send);
      });
      return [came, files];
    },
    async close(): Promise<void> {
      await stream.close();
      const closing = client.close();
      await clock.advance(5000);
      await closing;
      await read;
    },
  };
}

const SHARED = [
  'lingma/jsonrpc/connection',
  'lingma/jsonrpc/frame-decoder',
  'lingma/jsonrpc/message',
  'lingma/turn/answer/answer-decoder',
  'lingma/turn/answer/block-writer',
  'lingma/turn/event-queue',
  'lingma/turn/turn-router',
  'util/json',
];

describe('a piece of an answer', () => {
  it.each([
    ['acp', 'text', ['lingma/dialect/acp/acp-turn']],
    ['acp', 'thought', ['lingma/dialect/acp/acp-turn']],
    ['lsp-chat', 'text', ['lingma/dialect/lsp-chat/lsp-chat-dialect']],
    ['lsp-chat', 'thought', ['lingma/dialect/lsp-chat/lsp-chat-dialect', 'lingma/dialect/lsp-chat/think-markup']],
  ] as const)('%s, %s - enters few files on its way to the queue', async (dialect, kind, own) => {
    const turn = await underWay(dialect);
    await turn.send(kind, 'The first, ');
    await turn.send(kind, 'the second ');
    const [text, files] = await turn.trace(kind, 'and the third');
    expect(text).toBe('and the third');
    expect(files).toEqual([...SHARED, ...own].sort());
    await turn.close();
  });

  it('with something to look for in it - goes the long way', async () => {
    const turn = await underWay('acp');
    await turn.send('text', 'Before ');
    const [text, files] = await turn.trace('text', 'a\nb');
    expect(text).toBe('a\nb');
    expect(files).toContain('util/fence-scanner');
    await turn.close();
  });
});
