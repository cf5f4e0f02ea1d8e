import { createGateway } from '@lingma-gateway/core';
import { describe, expect, it, vi } from 'vitest';
import { describeGatewayContract, type Mount } from './gateway-contract.js';
import { describeLimitsContract } from './gateway-limits-contract.js';
import { describeOperatorContract } from './gateway-operator-contract.js';
import { describeRoutesContract } from './gateway-routes-contract.js';
import { END, ScriptedChannel, START } from './scripted-channel.js';

const BASE = 'http://127.0.0.1:8317';

const mount: Mount = async (gateway) => ({
  request: (path, init) => gateway.fetch(new Request(BASE + path, init)),
  close: async () => undefined,
});
describeGatewayContract('fetch', mount);
describeRoutesContract('fetch', mount);
describeOperatorContract('fetch', mount);
describeLimitsContract('fetch', mount);

describe('fetch', () => {
  it('a request that waits for a slot - its body is not read before it has one', async () => {
    const channel = new ScriptedChannel();
    channel.script = (turn) => turn.push(START);
    const gateway = createGateway({ channel, maxInFlight: 1 });
    const url = `${BASE}/v1/chat/completions`;
    const text = JSON.stringify({ model: 'm', stream: true, messages: [{ role: 'user', content: 'Hi' }] });
    const running = await gateway.fetch(new Request(url, { method: 'POST', body: text }));
    let pulled = 0;
    const body = new ReadableStream<Uint8Array>(
      {
        pull(controller) {
          pulled++;
          controller.enqueue(new TextEncoder().encode(text));
          controller.close();
        },
      },
      { highWaterMark: 0 },
    );
    const waiting = gateway.fetch(new Request(url, { method: 'POST', body, duplex: 'half' } as RequestInit));
    await vi.waitFor(() => expect(gateway.status().waiting).toBe(1));
    expect(pulled).toBe(0);
    channel.script = (turn) => turn.push(START, END);
    channel.last.push(END);
    await running.text();
    expect((await waiting).status).toBe(200);
    expect(pulled).toBe(1);
  });

  const ask = (gateway: ReturnType<typeof createGateway>, headers: Record<string, string>, base = BASE) =>
    gateway.fetch(new Request(`${base}/healthz`, { headers }));

  it('Host - checked where allowed hosts are given, with loopback names always in', async () => {
    const gateway = createGateway({ channel: new ScriptedChannel(), allowedHosts: ['My.Host'] });
    for (const host of [
      'localhost',
      'localhost:8317',
      '127.0.0.1:1',
      '[::1]:9',
      'app.localhost',
      'my.host:80',
      'my.host.',
    ]) {
      expect((await ask(gateway, { host })).status, host).toBe(200);
    }
    for (const host of ['evil.example', '127.0.0.1.evil.example', 'localhost.evil.example', 'a@localhost', '0.0.0.0']) {
      expect((await ask(gateway, { host })).status, host).toBe(403);
    }
    expect((await ask(gateway, {}, 'http://evil.example')).status).toBe(403);
  });

  it('Host - not checked elsewhere', async () => {
    const gateway = createGateway({ channel: new ScriptedChannel() });
    expect((await ask(gateway, { host: 'anything.example' })).status).toBe(200);
  });

  it('body that was read before - a clear error, not a rejection', async () => {
    const gateway = createGateway({ channel: new ScriptedChannel() });
    const request = new Request(`${BASE}/v1/chat/completions`, { method: 'POST', body: '{}' });
    await request.text();
    expect((await gateway.fetch(request)).status).toBe(500);
  });

  it('a signal aborted from the start - no turn', async () => {
    const channel = new ScriptedChannel();
    const gateway = createGateway({ channel });
    const signal = AbortSignal.abort();
    const request = new Request(`${BASE}/v1/chat/completions`, {
      method: 'POST',
      body: JSON.stringify({ model: 'm', messages: [{ role: 'user', content: 'Hi' }] }),
      signal,
    });
    expect((await gateway.fetch(request)).status).toBe(499);
    expect(channel.turns).toHaveLength(0);
    expect(gateway.status()).toMatchObject({ inFlight: 0, requests: 0 });
  });

  it('a stream - is not read ahead of its reader', async () => {
    const channel = new ScriptedChannel();
    channel.script = () => undefined;
    let made = 0;
    channel.source = () => {
      made++;
      return made === 1 ? [START, { type: 'text-start', id: 't' }] : [{ type: 'text-delta', id: 't', delta: 'x' }];
    };
    const gateway = createGateway({ channel });
    const response = await gateway.fetch(
      new Request(`${BASE}/v1/chat/completions`, {
        method: 'POST',
        body: JSON.stringify({ model: 'm', stream: true, messages: [{ role: 'user', content: 'Hi' }] }),
      }),
    );
    const reader = response.body?.getReader() as ReadableStreamDefaultReader<Uint8Array>;
    for (let count = 0; count < 5; count++) await reader.read();
    await new Promise((resolve) => setImmediate(resolve));
    expect(made).toBe(5);
    await reader.cancel();
  });
});
