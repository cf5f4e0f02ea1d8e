/** The exchanges captured on live processes and on standard ACP agents, replayed. */
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type ChatResult, checkGrammar, collectResult, type GatewayError, withStages } from '../../chat/index.js';
import { isJsonObject, type JsonObject, type JsonValue } from '../../util/index.js';
import { JsonRpcError } from '../jsonrpc/peer.js';
import { createAcpDialect } from './acp/acp-dialect.js';
import { toTurnError } from './classify-error.js';
import type { LingmaDialect, RunningTurn } from './dialect.js';
import { createLspChatDialect } from './lsp-chat/lsp-chat-dialect.js';
import { aContext, aTurn, FakeClock, FakePeer, rpcError } from './testing/fake-peer.js';

interface Line {
  readonly dir?: string;
  readonly frame?: JsonObject;
  readonly msg?: JsonObject;
  readonly assembled_answer?: string;
}

const folder = new URL('fixtures/', import.meta.url);
const linesOf = (name: string): Line[] =>
  readFileSync(new URL(name, folder), 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Line);
const jsonOf = (name: string) => JSON.parse(readFileSync(new URL(name, folder), 'utf8'));

function run(dialect: (clock: FakeClock) => LingmaDialect, sessionId: string, peer = new FakePeer()) {
  const clock = new FakeClock();
  const running: RunningTurn = dialect(clock).runTurn(peer, aTurn({ sessionId }), aContext());
  const reading = collectResult(withStages(running.events, [checkGrammar()])).catch((error: GatewayError) => error);
  return { clock, peer, running, reading };
}

const replaceId = (params: JsonValue | undefined, from: string, to: string): JsonObject =>
  JSON.parse(JSON.stringify(params ?? {}).replaceAll(from, to)) as JsonObject;

const textOf = (result: ChatResult | GatewayError, type = 'text'): string => {
  if (result instanceof Error) throw result;
  return result.content.map((block) => (block.type === type && 'text' in block ? block.text : '')).join('');
};

describe('chat/ask', () => {
  it.each([
    ['lingma-2.11.1-chat-ask-pong.jsonl', 'pong'],
    ['lingma-2.11.1-chat-ask-hello.jsonl', '你好'],
  ])('%s', async (name, expected) => {
    const lines = linesOf(`captures/${name}`);
    const ask = lines.find(({ dir }) => dir === 'c2s')?.frame?.params as JsonObject;
    const { clock, peer, running, reading } = run((clock) => createLspChatDialect({ clock }), '');
    const ours = peer.last('chat/ask');
    for (const member of Object.keys(ask)) expect(ours, member).toHaveProperty(member);
    const requestId = ours.requestId as string;
    peer.answer('chat/getSessionById', { chatRecords: [{ requestId, finishStatus: 0 }] });
    for (const { dir, frame } of lines) {
      if (dir !== 's2c' || frame?.method === undefined) continue;
      const params = replaceId(frame.params, ask.requestId as string, requestId);
      peer.emit(frame.method as string, { sessionId: 's', ...params }, 1);
    }
    // No chat/finish was captured: the record of the session ends the turn.
    await clock.advance(61_000);
    await clock.advance(61_000);
    expect(textOf(await reading)).toBe(expected);
    expect(await running.outcome).toMatchObject({ reusable: true, sessionId: 's' });
  });

  it('qodercn-chat-ask.jsonl', async () => {
    const lines = linesOf('captures/qodercn-chat-ask.jsonl');
    const ask = lines.find(({ frame }) => frame?.method === 'chat/ask')?.frame?.params as JsonObject;
    const peer = new FakePeer();
    peer.serverInfo = { name: 'qodercn', version: '1.26.0' };
    const { reading } = run((clock) => createLspChatDialect({ clock }), '', peer);
    for (const member of Object.keys(ask)) expect(peer.last('chat/ask'), member).toHaveProperty(member);
    for (const { dir, frame } of lines) {
      if (dir !== 's2c') continue;
      const numbers: JsonObject =
        frame?.method === 'chat/finish' ? { reason: 'success', statusCode: 200 } : { usedTokens: 50, limitTokens: 99 };
      const params = frame?.method === 'chat/answer' ? (frame.params as JsonObject) : numbers;
      peer.emit(frame?.method as string, { requestId: peer.last('chat/ask').requestId as string, ...params });
    }
    const result = await reading;
    expect(textOf(result, 'reasoning')).toBe('<thought>');
    expect(textOf(result)).toBe('<answer delta>');
    const { usage } = result as ChatResult;
    expect(usage.inputTokens + usage.outputTokens).toBe(50);
  });
});

describe('session/prompt', () => {
  it('ide-0.7.1-session-new.json', async () => {
    const { exchange } = jsonOf('captures/ide-0.7.1-session-new.json');
    const peer = new FakePeer().answer('session/new', exchange[1].frame.result);
    const opened = await createAcpDialect().openSession(
      peer,
      { cwd: 'C:/project', abandon: () => undefined },
      aContext(),
    );
    expect(opened).toBe(exchange[1].frame.result.sessionId);
    expect(Object.keys(peer.last('session/new'))).toEqual(Object.keys(exchange[0].frame.params));
  });

  it('ide-0.7.1-session-prompt.jsonl', async () => {
    const lines = linesOf('captures/ide-0.7.1-session-prompt.jsonl');
    const prompt = lines.find(({ dir }) => dir === 'c2s')?.frame?.params as JsonObject;
    const { peer, reading } = run((clock) => createAcpDialect({ clock }), prompt.sessionId as string);
    const meta = peer.last('session/prompt')._meta as JsonObject;
    for (const key of Object.keys(prompt._meta as JsonObject)) expect(meta, key).toHaveProperty(key);
    for (const { dir, frame } of lines) {
      if (dir !== 's2c' || frame?.method === undefined) continue;
      peer.emit(
        frame.method as string,
        replaceId(frame.params, 'ipc-1774432779539', meta['ai-coding/request-id'] as string),
      );
    }
    expect(textOf(await reading)).toBe(lines.at(-1)?.assembled_answer);
  });

  it('qodercn-tool-invoke-read-file.jsonl', async () => {
    const { peer, reading } = run((clock) => createAcpDialect({ clock }), 'session-1');
    const requestId = (peer.last('session/prompt')._meta as JsonObject)['ai-coding/request-id'] as string;
    for (const { dir, frame } of linesOf('captures/qodercn-tool-invoke-read-file.jsonl')) {
      if (dir !== 's2c' || frame?.method === undefined) continue;
      const params = replaceId(frame.params, 'request-1', requestId);
      const answer = peer.emit(frame.method as string, params, frame.id as number | undefined);
      if (frame.method === 'tool/invoke') {
        expect(answer).toMatchObject({ toolCallId: 'tool-call-1', name: 'read_file', success: false });
      }
    }
    expect(textOf(await reading)).toBe('<file text>');
  });

  it('errors - those captured leave no turn without an error', () => {
    const { errors } = jsonOf('captures/ide-0.7.1-errors.json') as { errors: { message: string }[] };
    const { steps } = jsonOf('captures/qodercn-model-key-empty.json') as { steps: { error_message?: string }[] };
    const messages = [...errors.map(({ message }) => message), ...steps.flatMap((step) => step.error_message ?? [])];
    for (const message of messages) expect(toTurnError(rpcError(message)).code, message).toBe('upstream_error');
  });
});

/** What a scenario ends with: its text as the agent sent it, or an error. */
const EXPECTED: Readonly<Record<string, string>> = {
  'claude-agent-acp-0.23.1-error-429': 'rate_limited',
  'codex-acp-0.16.0-error-429': 'rate_limited',
  'opencode-1.18.33-error-429': 'rate_limited',
  'qwen-code-0.24.4-error-429': 'upstream_error',
  'claude-agent-acp-0.23.1-max-tokens': 'upstream_error',
  'codex-acp-0.16.0-max-tokens': 'upstream_error',
  'claude-agent-acp-0.23.1-unknown-session': 'upstream_error',
  'codex-acp-0.16.0-unknown-session': 'upstream_error',
  'gemini-cli-0.61.0-unknown-session': 'upstream_error',
  'opencode-1.18.33-unknown-session': 'upstream_error',
  'qwen-code-0.24.4-unknown-session': 'upstream_error',
  'qodercli-1.1.52-unauthenticated': 'login_required',
};
/** The agent never answered within the recording, or was cancelled by its client. */
const UNFINISHED = /gemini-cli-0\.61\.0-error-429|-cancel-stream$/;

describe('standard ACP agents', () => {
  const names = readdirSync(new URL('acp/', folder))
    .filter((name) => name.endsWith('.jsonl'))
    .map((name) => name.replace('.jsonl', ''));

  it.each(names)('%s', async (name) => {
    const messages = linesOf(`acp/${name}.jsonl`);
    const asked = messages.findIndex(({ dir, msg }) => dir === 'c2a' && msg?.method === 'session/prompt');
    const prompt = messages[asked]?.msg;
    if (prompt === undefined) throw new Error('no session/prompt in the recording');
    const sessionId = (prompt.params as JsonObject).sessionId as string;
    let reply: (value: JsonValue | Error) => void = () => undefined;
    const peer = new FakePeer();
    peer.serverInfo = { name: '', version: '' };
    peer.answer(
      'session/prompt',
      () =>
        new Promise((resolve, reject) => {
          reply = (value) => (value instanceof Error ? reject(value) : resolve(value));
        }),
    );
    const { clock, running, reading } = run((clock) => createAcpDialect({ clock }), sessionId, peer);
    let expected = '';
    for (const { dir, msg } of messages.slice(asked + 1)) {
      if (dir !== 'a2c' || msg === undefined) continue;
      if (typeof msg.method === 'string') {
        const params = msg.params as JsonObject;
        const answer = peer.emit(msg.method, params, msg.id as number | undefined);
        if (msg.method === 'session/request_permission') {
          expect(answer).toMatchObject({ outcome: { outcome: expect.stringMatching(/^(selected|cancelled)$/) } });
        }
        const update = isJsonObject(params?.update) ? params.update : {};
        if (update.sessionUpdate === 'agent_message_chunk' && params.sessionId === sessionId) {
          expected += (update.content as JsonObject).text as string;
        }
      } else if (msg.id === prompt.id) {
        const { error } = msg;
        if (isJsonObject(error))
          reply(new JsonRpcError('session/prompt', error.code as number, error.message as string, error.data));
        else reply(msg.result ?? null);
        break;
      }
    }
    await clock.advance(5000);
    if (UNFINISHED.test(name)) {
      await running.events.close();
      await clock.advance(3000);
      expect((await running.outcome).reusable).toBe(false);
      return;
    }
    const result = await reading;
    const code = EXPECTED[name];
    if (code !== undefined) expect((result as GatewayError).code).toBe(code);
    else {
      expect(textOf(result)).toBe(expected);
      expect((await running.outcome).reusable).toBe(true);
      if (name.endsWith('-thought') && !name.startsWith('codex')) expect(textOf(result, 'reasoning')).not.toBe('');
    }
  });
});
