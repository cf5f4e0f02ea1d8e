import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { methodFault } from './methods/method-fault.js';
import type { SimulatorOptions } from './options.js';
import { sim } from './testing/raw-client.js';
import { connected, eventually, started } from './testing/with-simulator.js';
import { END_FAULTS, type EndFault, WIRE_FAULTS, type WireFault } from './turn/wire-fault.js';

/** One turn seen as bytes: what came of it, and whether this side was ended. */
interface Seen {
  readonly bytes: () => string;
  readonly ends: () => number;
  readonly ended: () => boolean;
  readonly faults: () => Readonly<Record<string, number>>;
}

/** Over a socket, with nobody who understands a frame. */
async function turnWith(kind: string, options: SimulatorOptions = {}): Promise<Seen> {
  const simulator = await started({ beforeInitialize: 'allow', ...options });
  const socket = connect({ path: simulator.address.socketPath, allowHalfOpen: true });
  const chunks: Buffer[] = [];
  let finishes = 0;
  let ended = false;
  socket.on('data', (data) => {
    chunks.push(data);
    // Small parts of it: the finish is one write.
    finishes += data.toString('latin1').split(FINISH).length - 1;
  });
  socket.on('end', () => {
    ended = true;
    socket.end();
  });
  socket.on('error', () => undefined);
  const send = (method: string, params: object, id?: number): void => {
    const body = JSON.stringify({ jsonrpc: '2.0', id, method, params });
    socket.write(`Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
  };
  send('initialize', {}, 1);
  const questionText = sim({ text: 'abcd', chunks: 4, fault: { kind, afterChunks: 2 } });
  send('chat/ask', { requestId: 'r', sessionId: '', stream: true, questionText });
  const bytes = (): string => Buffer.concat(chunks).toString('latin1');
  const ends = (): number => finishes;
  return { bytes, ends, ended: () => ended, faults: () => simulator.stats.faults };
}

const FINISH = '"method":"chat/finish","params":{"requestId":"r"';

const GARBAGE_END = 'no letters: only its length is known';

/** What is seen before the turn goes on to its finish, in its order. */
const GOES_ON: Partial<Record<WireFault, readonly string[]>> = {
  garbage: [GARBAGE_END],
  'bad-websocket-frame': ['\xf1\x01\x00'],
  'endless-header': [`X-Padding: ${'x'.repeat(1024 * 1024)}`],
  'truncated-frame': ['"window/', 'Content-Length'],
  'length-too-long': ['all is well"}}Content-Length'],
  'length-too-short': ['all is well"}}Content-Length'],
  'length-huge': ['Content-Length: 100000000000\r'],
  'length-negative': ['Content-Length: -1\r'],
  'giant-frame': ['Content-Length: 68157442\r'],
  'giant-delta': [`"text":"${'x'.repeat(4 * 1024 * 1024)}"`],
  'broken-json': ['all is well"Content-Length'],
  'not-an-object': ['\r\n\r\nnullContent', '\r\n\r\n[]Content', '\r\n\r\n42Content'],
  'invalid-utf8': ['all is \xff\xc3(l"'],
  'deep-json': ['['.repeat(100_000) + ']'.repeat(100_000)],
  'wrong-types': ['"text":42,', '"params":null'],
  'foreign-events': ['"sessionId":"session-of-nobody"', '"fullAnswer":"FOREIGN"'],
  'unknown-replies': ['"id":"nobody","result"'],
  'unknown-request': ['"method":"workspace/unheardOf"'],
  flood: ['all is well', 'all is well'],
};
const ENDS: readonly WireFault[] = ['reset', 'close', 'half-close'];

it.each(Object.entries(GOES_ON))('%s - is sent, and the turn goes on', async (kind, parts) => {
  const seen = await turnWith(kind);
  await eventually(() => seen.ends() === 1);
  const bytes = seen.bytes();
  const from = bytes.indexOf('"text":"b"');
  const between = bytes.slice(from, bytes.indexOf('"text":"c"', from));
  let at = 0;
  for (const part of parts) {
    if (part !== GARBAGE_END) at = between.indexOf(part, at);
    expect(at, part.slice(0, 100)).not.toBe(-1);
  }
  if (kind === 'truncated-frame') expect(between).not.toContain('all is');
  if (kind === 'garbage') expect(between.replace(/[^\x80-\xff]/g, '')).toHaveLength(4096);
  if (kind === 'flood') expect(between.split('all is well')).toHaveLength(5001);
  expect(seen.faults()).toEqual({ [kind]: 1 });
});

it.each(ENDS)('%s - ends the connection after the text so far', async (kind) => {
  const seen = await turnWith(kind);
  await eventually(seen.ended);
  expect(seen.bytes()).toContain('"text":"b"');
  expect(seen.bytes()).not.toContain('"text":"c"');
  expect(seen.faults()).toEqual({ [kind]: 1 });
});

it.each<[WireFault | EndFault, string, number]>([
  ['stall', '"text":"b"', 0],
  ['no-finish', '"text":"d"', 0],
  ['duplicate-finish', '"text":"d"', 2],
  ['late-delta', '(late text)', 1],
  ['error-after-finish', '"reason":"error"', 2],
])('%s - says %s, and %i ends', async (kind, last, finishes) => {
  const seen = await turnWith(kind);
  await eventually(() => seen.bytes().includes(last) && seen.faults()[kind] === 1);
  expect(seen.ends()).toBe(finishes);
  expect(seen.ended()).toBe(false);
});

it('all of them - are seen above and told in the README', () => {
  const readme = readFileSync(fileURLToPath(new URL('../README.md', import.meta.url)), 'utf8');
  for (const [kind, doc] of Object.entries({ ...WIRE_FAULTS, ...END_FAULTS })) {
    expect(readme).toContain(`| \`${kind}\` | ${doc} |`);
  }
  expect([...Object.keys(GOES_ON), ...ENDS, 'stall'].sort()).toEqual(Object.keys(WIRE_FAULTS).sort());
});

it('a fault with times - strikes only so often', async () => {
  const { client, simulator } = await connected();
  for (const requestId of ['a', 'b']) {
    const fault = { kind: 'unknown-request', afterChunks: 0 };
    client.notify('chat/ask', { requestId, stream: true, questionText: sim({ fault, times: 1, id: 'once' }) });
    await client.wait((m) => m.method === 'chat/finish' && m.params?.requestId === requestId);
  }
  expect(simulator.stats.faults).toEqual({ 'unknown-request': 1 });
});

it.each([
  ['silent', (code: number) => code === 1006],
  ['garbage', (code: number) => code === 1006],
  ['reset', (code: number) => code === 1006],
] as const)('upgrade %s - no WebSocket', async (upgrade, isCode) => {
  const simulator = await started({ upgrade });
  const socket = new WebSocket(simulator.address.webSocketUrl, { handshakeTimeout: 500 });
  const code = await new Promise<number>((resolve) => socket.on('error', () => undefined).on('close', resolve));
  expect(isCode(code)).toBe(true);
  expect(simulator.stats.connectionsTotal).toBe(0);
});

it('methodFaults - each method fails in its own way', async () => {
  const methodFaults = 'ping=error, auth/status=null,config/queryModels=twice,chat/listAllSessions=drop';
  const { client, simulator } = await connected({ methodFaults });
  expect((await client.call('ping')).error).toEqual({ code: -32603, message: 'error' });
  expect((await client.call('auth/status')).result).toBeNull();
  await client.call('config/queryModels', {}, 'models');
  await eventually(() => client.messages.filter(({ id }) => id === 'models').length === 2);
  client.send({ id: 9, method: 'chat/listAllSessions', params: {} });
  await client.waitClosed();
  expect(simulator.stats.faults).toMatchObject({ 'ping=error': 1, 'chat/listAllSessions=drop': 1 });
  expect(methodFault('a=silent,b', 'b')).toBeUndefined();
});
