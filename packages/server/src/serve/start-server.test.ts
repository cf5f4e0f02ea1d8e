import { type LogFields, silentLogger } from '@lingma-gateway/core';
import { createSimulator, type Simulator } from '@lingma-gateway/simulator';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RunningServer, startServer } from '../index.js';

let simulator: Simulator;
let server: RunningServer;

beforeAll(async () => {
  simulator = createSimulator();
  await simulator.start();
  server = await startServer({
    flags: { port: '0', 'ws-url': simulator.address.webSocketUrl },
    logger: silentLogger,
  });
});
afterAll(async () => {
  await server.close();
  await simulator.stop();
});

describe('startServer()', () => {
  it('listens on a free port and answers', async () => {
    expect(server.url).toBe(`http://127.0.0.1:${server.port}`);
    const health = (await (await fetch(`${server.url}/healthz`)).json()) as { status: string };
    expect(health.status).toBe('ok');
  });

  it.each<[string, Record<string, string>, string[]]>([
    ['no keys', {}, ['auth.clientKeys']],
    ['no keys, simulated answers', { LINGMA_GATEWAY_DEMO: 'true' }, []],
    ['keys alone', { LINGMA_GATEWAY_API_KEYS: 'sk-one-of-ours' }, ['auth.adminToken']],
    [
      'a placeholder',
      { LINGMA_GATEWAY_API_KEYS: 'changeme', LINGMA_GATEWAY_ADMIN_TOKEN: 'the-admin-token' },
      ['auth.clientKeys'],
    ],
    [
      'metrics for everybody',
      {
        LINGMA_GATEWAY_API_KEYS: 'sk-one-of-ours',
        LINGMA_GATEWAY_ADMIN_TOKEN: 'the-admin-token',
        LINGMA_GATEWAY_METRICS_PUBLIC: 'true',
      },
      ['auth.metricsPublic'],
    ],
    ['all set', { LINGMA_GATEWAY_API_KEYS: 'sk-one-of-ours', LINGMA_GATEWAY_ADMIN_TOKEN: 'the-admin-token' }, []],
  ])('what is open - is warned of at the start: %s', async (_, env, settings) => {
    const warned: unknown[] = [];
    const logger = { ...silentLogger, warn: (_: string, fields?: LogFields) => void warned.push(fields?.setting) };
    const flags = env.LINGMA_GATEWAY_DEMO ? {} : { 'ws-url': simulator.address.webSocketUrl };
    const open = await startServer({ env, flags: { port: '0', ...flags }, logger: { ...logger, child: () => logger } });
    await open.close();
    expect(warned).toEqual(settings);
  });

  it('a busy port - rejects and leaves nothing behind', async () => {
    const again = startServer({ flags: { port: String(server.port), demo: true }, logger: silentLogger });
    await expect(again).rejects.toThrow(/is in use/);
  });

  it('wrong settings - rejects with all of them', async () => {
    await expect(startServer({ flags: { port: 'x', dialect: 'y' } })).rejects.toThrow(
      /server\.port[\s\S]*lingma\.dialect/,
    );
  });

  it('close() - is idempotent, and the port is free afterwards', async () => {
    const other = await startServer({ flags: { port: '0', demo: true }, logger: silentLogger });
    await Promise.all([other.close(), other.close()]);
    const next = await startServer({ flags: { port: String(other.port), demo: true }, logger: silentLogger });
    await next.close();
  });
});
