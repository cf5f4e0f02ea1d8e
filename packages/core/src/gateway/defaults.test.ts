import { describe, expect, it } from 'vitest';
import { loadConfig } from '../config/index.js';
import { resolveSettings } from '../lingma/client/client-options.js';
import { DEFAULTS } from './gateway-options.js';

/** Whoever uses a part alone gets the limits that the settings promise. */
describe('defaults', () => {
  const { lingma, admission, server, streaming } = loadConfig().config;

  it('of the client - are those of the settings', () => {
    const expected = {
      connectMs: 15_000,
      setupMs: 15_000,
      firstEventMs: 120_000,
      idleMs: 120_000,
      totalMs: 900_000,
    };
    expect(resolveSettings({}).deadlines).toEqual(expected);
    expect(resolveSettings({}).maxConnections).toBe(256);
    expect({
      connectMs: lingma.startupTimeoutMs,
      setupMs: lingma.rpcTimeoutMs,
      firstEventMs: lingma.firstEventTimeoutMs,
      idleMs: lingma.idleTimeoutMs,
      totalMs: lingma.totalTimeoutMs,
    }).toEqual(expected);
    expect(lingma.maxConnections).toBe(256);
  });

  it('of the gateway - are those of the settings', () => {
    const expected = {
      maxInFlight: 256,
      maxQueued: 1_000,
      maxEmbeddings: 64,
      maxBodyMemoryBytes: 268_435_456,
      queueTimeoutMs: 30_000,
      maxBodyBytes: 33_554_432,
      keepAliveMs: 15_000,
      commitAfterMs: 10_000,
      graceMs: 30_000,
    };
    expect(DEFAULTS).toMatchObject(expected);
    expect({ ...admission, ...streaming, maxBodyBytes: server.maxBodyBytes, graceMs: server.drainTimeoutMs }).toEqual(
      expected,
    );
    // A net below two turns and the wait before them.
    expect(DEFAULTS.requestTimeoutMs).toBeGreaterThanOrEqual(lingma.totalTimeoutMs * 2);
  });

  it.each(['setupMs', 'firstEventMs', 'idleMs', 'totalMs'] as const)('%s of 0 - is no limit', (name) => {
    const { deadlines, detectMs } = resolveSettings({ deadlines: { [name]: 0 } });
    expect(deadlines).toEqual({ ...resolveSettings({}).deadlines, [name]: Number.POSITIVE_INFINITY });
    expect(detectMs).toBe(5000);
  });
});
