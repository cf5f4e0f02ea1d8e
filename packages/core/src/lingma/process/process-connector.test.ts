import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { GatewayError } from '../../chat/index.js';
import { systemClock } from '../../util/index.js';
import { ProcessConnector, type ReachableRun } from './process-connector.js';

const servers: Server[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await new Promise((resolve) => server.close(resolve));
});

let count = 0;
const socketPath = (): string => join(tmpdir(), `process-connector-${process.pid}-${count++}.sock`);

async function listening(): Promise<string> {
  const server = createServer((socket) => socket.on('error', () => undefined).resume());
  servers.push(server);
  const path = socketPath();
  await new Promise<void>((resolve) => server.listen(path, resolve));
  return path;
}

const runAt = (path: string, ended = new AbortController()): ReachableRun => ({
  address: { kind: 'pipe', path, origin: 'test' },
  ended: ended.signal,
});
const greet = async (): Promise<void> => undefined;

describe.skipIf(process.platform === 'win32')('ProcessConnector', () => {
  it('connects where the process is', async () => {
    const run = runAt(await listening());
    const connector = new ProcessConnector(() => run, systemClock);
    const transport = await connector.connect(false, new AbortController().signal, greet);
    expect(transport.address).toBe(run.address?.kind === 'pipe' && run.address.path);
    transport.close();
  });

  it('waits while there is none', async () => {
    let run: ReachableRun | undefined;
    const connector = new ProcessConnector(() => run, systemClock);
    const connecting = connector.connect(true, new AbortController().signal, greet);
    run = runAt(await listening());
    connector.up();
    (await connecting).close();
  });

  it('a start that fails - is told to all who wait', async () => {
    const connector = new ProcessConnector(() => undefined, systemClock);
    const failure = new GatewayError('not_ready', 'It did not come up');
    const waiting = Array.from({ length: 3 }, () => connector.connect(true, new AbortController().signal, greet));
    connector.fail(failure);
    for (const one of waiting) await expect(one).rejects.toBe(failure);
  });

  it.each([
    [new GatewayError('upstream_timeout', 'too late'), 'not_ready', 1000],
    [new GatewayError('client_closed', 'gone'), 'client_closed', undefined],
  ])('the signal - %s ends the waiting', async (reason, code, retryAfterMs) => {
    const connector = new ProcessConnector(() => undefined, systemClock);
    const caller = new AbortController();
    const connecting = connector.connect(true, caller.signal, greet);
    caller.abort(reason);
    await expect(connecting).rejects.toMatchObject({ code, ...(retryAfterMs !== undefined && { retryAfterMs }) });
    await expect(connector.connect(true, caller.signal, greet)).rejects.toBe(reason);
  });

  it('a process that is about to end - the next one is waited for', async () => {
    const ended = new AbortController();
    let run: ReachableRun | undefined = runAt(socketPath(), ended);
    // It waits for the end alone.
    const connector = new ProcessConnector(() => run, { now: () => 0, schedule: () => () => undefined });
    const connecting = connector.connect(false, new AbortController().signal, greet);
    const path = await listening();
    run = undefined;
    ended.abort();
    await new Promise((resolve) => setImmediate(resolve));
    run = runAt(path);
    connector.up();
    (await connecting).close();
  });

  it('a process that lives and lets nobody in - told as it is', async () => {
    const run = runAt(socketPath());
    // No time passes but where it is waited for.
    const clock = {
      now: () => 0,
      schedule: (_ms: number, callback: () => void) => {
        queueMicrotask(callback);
        return () => undefined;
      },
    };
    const connector = new ProcessConnector(() => run, { ...systemClock, ...clock });
    await expect(connector.connect(false, new AbortController().signal, greet)).rejects.toBeInstanceOf(GatewayError);
  });
});
