/** The exchanges captured on live processes and on standard ACP agents, replayed. */
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type ChatResult, checkGrammar, collectResult, type GatewayError, withStages } from '../../chat/index.js';
import type { JsonObject, JsonValue } from '../../util/index.js';
import { toTurnError } from '../protocol/errors.js';
import type { RunningTurn } from '../turn/turn-contract.js';
import { createAcpDialect } from './acp/acp-dialect.js';
import type { LingmaDialect } from './dialect.js';
import { createLspChatDialect } from './lsp-chat/lsp-chat-dialect.js';
import { aContext, aTurn, FakeClock, FakePeer, rpcError } from './testing/fake-peer.js';
import { type AnsweredRequest, type RecordedLine, replayAgent } from './testing/replay-agent.js';

interface Line {
  readonly dir?: string;
  readonly frame?: JsonObject;
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

/** Turns of each recording as {@link Replay.turns} has them, stated by hand. */
type Expected = Readonly<Record<string, readonly string[]>>;

/** No agent is ever allowed a tool, whatever the recorded client said. */
function expectRefused({ request, answers }: AnsweredRequest): void {
  expect(answers, String(request.method)).toHaveLength(1);
  const [answer] = answers;
  if (request.method !== 'session/request_permission') {
    expect(answer?.error).toMatchObject({ code: -32601 });
    return;
  }
  const { outcome } = (answer?.result ?? {}) as { outcome?: { outcome: string; optionId?: string } };
  const { options } = request.params as { options: { optionId: string; kind: string }[] };
  const chosen = options.find(({ optionId }) => optionId === outcome?.optionId);
  expect(outcome?.outcome === 'cancelled' || chosen?.kind.startsWith('reject'), JSON.stringify(answer)).toBe(true);
}

describe.each([
  ['acp', 103],
  ['captures-acp-real', 11],
])('standard ACP agents - %s', (where, count) => {
  const expected: Expected = jsonOf(`${where}/expected.json`);
  const names = readdirSync(new URL(`${where}/`, folder))
    .filter((name) => name.endsWith('.jsonl'))
    .map((name) => name.replace('.jsonl', ''));

  it('every recording has a stated expectation', () => {
    expect(names).toHaveLength(count);
    expect(names.sort()).toEqual(Object.keys(expected).sort());
  });

  it.each(names)('%s', async (name) => {
    const { turns, reusable, requests } = await replayAgent(linesOf(`${where}/${name}.jsonl`) as RecordedLine[]);
    expect(turns).toEqual(expected[name]);
    expect(reusable).toEqual(turns.map((turn) => (turn === 'waiting' ? undefined : /^(stop|length)/.test(turn))));
    requests.forEach(expectRefused);
  });
});
