import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createSimulator } from './simulator.js';
import { ask, RawClient, sim } from './testing/raw-client.js';
import { connected, eventually, started } from './testing/with-simulator.js';

let workDir: string;
beforeEach(() => {
  workDir = mkdtempSync(join(tmpdir(), 'sim-test-'));
});
afterEach(() => rmSync(workDir, { recursive: true, force: true }));

const file = (...names: string[]): string => join(workDir, ...names);
const readJson = (path: string): unknown => JSON.parse(readFileSync(path, 'utf8'));

describe('start and stop', () => {
  it('writes the discovery files and takes them away', async () => {
    const simulator = await started({ workDir });
    const { webSocketPort, socketPath, webSocketUrl, httpPort } = simulator.address;
    expect(readJson(file('.info.json'))).toEqual({
      ...{ websocketPort: webSocketPort, pid: process.pid, ipcServerPath: socketPath, isDev: false },
    });
    expect(readFileSync(file('.info'), 'utf8')).toBe(`${webSocketPort}\n${process.pid}\n${socketPath}\n`);
    expect(webSocketUrl).toBe(`ws://127.0.0.1:${webSocketPort}/`);
    expect(statSync(socketPath).mode & 0o777).toBe(0o600);
    expect((await fetch(`http://127.0.0.1:${httpPort}/`)).status).toBe(404);
    expect(readFileSync(file('logs', 'lingma.log'), 'utf8')).toContain(
      `Communication servers ready - WebSocket: ${webSocketPort}, HTTP: ${httpPort}, IPC: ${socketPath}`,
    );
    await simulator.stop();
    expect(existsSync(file('.info.json'))).toBe(false);
    await expect(RawClient.webSocket(webSocketUrl)).rejects.toThrow();
  });

  it('removes a temporary work dir and can start again', async () => {
    const simulator = await started();
    const { workDir: temporary } = simulator.address;
    expect(existsSync(temporary)).toBe(true);
    await simulator.stop();
    expect(existsSync(temporary)).toBe(false);
    expect(() => simulator.address).toThrow('not running');
    await simulator.start();
    const client = await RawClient.webSocket(simulator.address.webSocketUrl);
    await client.initialize();
    expect(simulator.stats).toMatchObject({ connectionsTotal: 1, initializes: 1 });
  });

  it('takes the next port when its own is taken', async () => {
    const blocker = createServer();
    await new Promise<void>((resolve) => blocker.listen(0, '127.0.0.1', resolve));
    const { port } = blocker.address() as { port: number };
    const simulator = await started({ port });
    expect(simulator.address.webSocketPort).not.toBe(port);
    await new Promise((resolve) => blocker.close(resolve));
  });

  it('fails to start when told', async () => {
    await expect(createSimulator({ failStart: true }).start()).rejects.toThrow('failed to start');
  });

  it('leaves a stale discovery file, a late one, or none', async () => {
    const stale = await started({ workDir, infoFile: 'stale' });
    const left = readJson(file('.info.json')) as { websocketPort: number; pid: number };
    expect(left.websocketPort).not.toBe(stale.address.webSocketPort);
    expect(() => process.kill(left.pid, 0)).toThrow();
    await stale.stop();
    const late = await started({ workDir, infoFile: 'late', infoDelayMs: 30 });
    expect(existsSync(file('.info.json'))).toBe(false);
    await eventually(() => existsSync(file('.info.json')));
    await late.stop();
    await started({ workDir, infoFile: 'none' });
    expect(existsSync(file('.info.json'))).toBe(false);
  });

  it('cuts off like a crash with kill, and comes back', async () => {
    const simulator = await started({ workDir });
    const client = await RawClient.webSocket(simulator.address.webSocketUrl);
    await client.initialize();
    client.notify('chat/ask', { requestId: 'r', questionText: sim({ silence: true }) });
    await eventually(() => simulator.stats.turnsActive === 1);
    await simulator.kill();
    await client.waitClosed();
    expect(existsSync(file('.info.json'))).toBe(true);
    expect(simulator.stats).toMatchObject({ turnsActive: 0, turnsAbandoned: 1, connectionsOpen: 0 });
    await simulator.start();
    const again = await RawClient.webSocket(simulator.address.webSocketUrl);
    await again.initialize();
    expect((await ask(again, sim({ text: 'back' }))).text).toBe('back');
  });
});

describe('login files', () => {
  it('is logged in on the first start, and logged out when cache/user goes', async () => {
    const log: string[] = [];
    const { client } = await connected({ workDir, logger: (line) => log.push(line) });
    expect((await client.call('auth/status')).result).toMatchObject({ status: 2 });
    expect(statSync(file('cache', 'user')).mode & 0o777).toBe(0o600);
    rmSync(file('cache', 'user'));
    expect((await client.call('auth/status')).result).toMatchObject({ status: 1 });
    expect(log).toContain('No cached user info, please login.');
  });

  it('stays logged out on later starts, until a bundle brings id and user', async () => {
    const source = mkdtempSync(join(tmpdir(), 'sim-test-'));
    await (await started({ workDir: source, machineId: 'machine-a' })).stop();
    const first = await started({ workDir, loggedOut: true, machineId: 'machine-b' });
    await first.stop();

    const log: string[] = [];
    const statusOf = async (): Promise<unknown> => {
      const { client, simulator } = await connected({ workDir, logger: (line) => log.push(line) });
      const { result } = await client.call('auth/status');
      await simulator.stop();
      return (result as { status: number }).status;
    };
    expect(await statusOf()).toBe(1);
    writeFileSync(file('cache', 'user'), readFileSync(join(source, 'cache', 'user')));
    expect(await statusOf()).toBe(1);
    expect(log.some((line) => line.startsWith('Unable to decrypt user info.'))).toBe(true);
    writeFileSync(file('cache', 'id'), readFileSync(join(source, 'cache', 'id')));
    expect(await statusOf()).toBe(2);
    rmSync(source, { recursive: true, force: true });
  });
});

describe('connections', () => {
  it('QoderCN - at / and at /ws, with or without a token and an Origin, nowhere else', async () => {
    const simulator = await started({ profile: 'qodercn-1.26', workDir });
    const { webSocketPort } = simulator.address;
    const { token } = readJson(file('cache', 'machine_token.json')) as { token: string };
    for (const path of ['/', '/ws']) {
      for (const headers of [
        {},
        { 'Cosy-MachineToken': token },
        { 'Cosy-MachineToken': 'other' },
        { Origin: 'http://x' },
      ]) {
        const client = await RawClient.webSocket(`ws://127.0.0.1:${webSocketPort}${path}`, { headers });
        await client.initialize();
      }
    }
    await expect(RawClient.webSocket(`ws://127.0.0.1:${webSocketPort}/chat`)).rejects.toThrow('404');
    expect(simulator.stats).toMatchObject({ initializes: 8, connectionsRefused: 1 });
  });

  it('QoderCN - a token file that is broken is made anew', async () => {
    mkdirSync(file('cache'), { recursive: true });
    writeFileSync(file('cache', 'machine_token.json'), '{oops');
    const simulator = await started({ profile: 'qodercn-1.26', machineToken: true, workDir });
    const { token } = readJson(file('cache', 'machine_token.json')) as { token: string };
    const headers = { 'Cosy-MachineToken': token };
    await (await RawClient.webSocket(simulator.address.webSocketUrl, { headers })).initialize();
  });

  it('QoderCN, strict - wants token and path, and no Origin', async () => {
    const simulator = await started({ profile: 'qodercn-1.26', machineToken: true, workDir });
    const { webSocketUrl, webSocketPort } = simulator.address;
    expect(webSocketUrl).toBe(`ws://127.0.0.1:${webSocketPort}/ws`);
    const { token } = readJson(file('cache', 'machine_token.json')) as { token: string };
    const headers = { 'Cosy-MachineToken': token };
    await expect(RawClient.webSocket(webSocketUrl)).rejects.toThrow('401');
    await expect(RawClient.webSocket(`ws://127.0.0.1:${webSocketPort}/`, { headers })).rejects.toThrow('404');
    await expect(RawClient.webSocket(webSocketUrl, { headers: { ...headers, Origin: 'http://x' } })).rejects.toThrow(
      '403',
    );
    const client = await RawClient.webSocket(webSocketUrl, { headers });
    expect((await client.wait((m) => m.method === 'extension/register')).id).toBeUndefined();
    expect((await client.call('initialize')).result).toMatchObject({
      serverInfo: { name: 'qodercn', version: '1.26.0' },
    });
    const socket = await RawClient.socket(simulator.address.socketPath);
    await socket.initialize();
    expect(simulator.stats).toMatchObject({ connectionsOpen: 2, connectionsRefused: 3 });
  });

  it('refuses more clients than allowed', async () => {
    const { simulator, client } = await connected({ maxClients: 1 });
    await expect(RawClient.webSocket(simulator.address.webSocketUrl)).rejects.toThrow('503');
    const socket = await RawClient.socket(simulator.address.socketPath);
    await socket.waitClosed();
    client.close();
    await eventually(() => simulator.stats.connectionsOpen === 0);
    await (await RawClient.webSocket(simulator.address.webSocketUrl)).initialize();
  });

  it.each(['webSocket', 'socket'] as const)('drops a %s after so many deltas, once', async (transport) => {
    const simulator = await started();
    const newClient = async (): Promise<RawClient> => {
      const { webSocketUrl, socketPath } = simulator.address;
      const client = await (transport === 'socket' ? RawClient.socket(socketPath) : RawClient.webSocket(webSocketUrl));
      await client.initialize();
      return client;
    };
    const client = await newClient();
    const question = sim({ text: 'abcd', dropAfterChunks: 2, times: 1, id: 'd' });
    await expect(ask(client, question)).rejects.toThrow('connection closed');
    const deltas = client.messages.filter((m) => m.method === 'chat/answer').map((m) => m.params?.text);
    expect(deltas).toEqual(['a', 'b']);
    expect((await ask(await newClient(), question)).text).toBe('abcd');
  });

  it('cuts within a frame when told', async () => {
    const { client, simulator } = await connected({ cut: 'mid-frame' });
    simulator.dropConnections();
    await client.waitClosed();
    const tail = Buffer.concat(client.chunks).toString();
    expect(tail).toContain('"method":"window/logM');
    expect(client.methods()).toEqual([]);
  });

  it('dies after so many deltas, and remembers it over the restart', async () => {
    const simulator = await started({ workDir });
    const question = sim({ text: 'abcd', dieAfterChunks: 1, times: 1, id: 'die' });
    const client = await RawClient.webSocket(simulator.address.webSocketUrl);
    await client.initialize();
    await expect(ask(client, question)).rejects.toThrow('connection closed');
    expect(client.messages.filter((m) => m.method === 'chat/answer')).toHaveLength(1);
    await eventually(() => {
      try {
        return simulator.address === undefined;
      } catch {
        return true;
      }
    });
    const next = await started({ workDir });
    const again = await RawClient.webSocket(next.address.webSocketUrl);
    await again.initialize();
    expect((await ask(again, question)).text).toBe('abcd');
  });

  it('pushes notifications and raw bytes', async () => {
    const { client, simulator } = await connected();
    simulator.push('model/refresh');
    expect((await client.wait((m) => m.method === 'model/refresh')).params).toEqual({});
    simulator.sendRaw(Buffer.from('Content-Length: 2\r\n\r\n{}'));
    await eventually(() => client.messages.some((m) => Object.keys(m).length === 0));
  });
});

describe('load', () => {
  it('carries 200 turns at once over 20 connections', async () => {
    const simulator = await started();
    const clients = await Promise.all(
      Array.from({ length: 20 }, async () => {
        const client = await RawClient.webSocket(simulator.address.webSocketUrl);
        await client.initialize();
        return client;
      }),
    );
    const turns = await Promise.all(
      Array.from({ length: 200 }, (_, i) =>
        ask(clients[i % 20] as RawClient, sim({ text: `${i} `, repeat: 50, chunks: 50 })),
      ),
    );
    expect(turns.every((turn, i) => turn.text === `${i} `.repeat(50))).toBe(true);
    expect(simulator.stats).toMatchObject({ turnsFinished: 200, turnsActive: 0, protocolErrors: 0 });
  });

  it('waits for a reader that does not read', async () => {
    const simulator = await started({ eventsAsRequests: false, fullAnswer: 'empty' });
    const socket = connect(simulator.address.socketPath);
    const frame = (message: object): string => {
      const body = JSON.stringify({ jsonrpc: '2.0', ...message });
      return `Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
    };
    socket.write(frame({ id: 1, method: 'initialize', params: {} }));
    const questionText = sim({ text: 'x'.repeat(1000), repeat: 20_000, chunks: 20_000 });
    socket.write(frame({ method: 'chat/ask', params: { requestId: 'r', questionText } }));
    await eventually(() => simulator.stats.turnsActive === 1);
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(simulator.stats.turnsActive).toBe(1);
    let bytes = 0;
    let tail = '';
    socket.on('data', (data) => {
      bytes += data.length;
      tail = (tail + data.toString('latin1')).slice(-400);
    });
    await eventually(() => tail.includes('chat/finish'));
    expect(bytes).toBeGreaterThan(20_000_000);
    socket.destroy();
  });
});
