/** The line that the log has of each request, field by field as operations.md tells of it, and what proxies hide by the same page. */
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createGateway, GatewayError, type LogFields, type Logger } from '@lingma-gateway/core';
import { toNodeHandler } from '@lingma-gateway/node';
import { expect, it, vi } from 'vitest';
import { ANSWER, ScriptedChannel, START } from '../contract/scripted-channel.js';

const page = readFileSync(new URL('../../docs/operations.md', import.meta.url), 'utf8');

it('operations.md - names every field of a request’s line, and none that is not there', async () => {
  const seen = new Set<string>();
  const loggerWith = (bound: LogFields): Logger => {
    const note = (message: string, fields: LogFields = {}): void => {
      if (message === 'request') for (const name of Object.keys({ ...bound, ...fields })) seen.add(name);
    };
    const child = (more: LogFields): Logger => loggerWith({ ...bound, ...more });
    return { debug: note, info: note, warn: note, error: note, child };
  };
  const channel = new ScriptedChannel();
  const gateway = createGateway({ channel, namedKeys: [{ name: 'bob', key: 'bobs-key' }], logger: loggerWith({}) });
  const server = createServer(toNodeHandler(gateway.fetch));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const ask = async (): Promise<void> => {
    const response = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/chat/completions`, {
      method: 'POST',
      headers: { authorization: 'Bearer bobs-key', connection: 'close' },
      body: JSON.stringify({ model: 'm', stream: true, messages: [{ role: 'user', content: 'Hi' }] }),
    });
    await response.text();
  };
  channel.script = (turn) => {
    turn.context.report?.({ instance: 'inst-0', sessionReused: true });
    turn.push(...ANSWER);
  };
  await ask();
  channel.script = (turn) => {
    turn.push(START);
    turn.fail(new GatewayError('upstream_error', 'broken', { cause: new Error('why') }));
  };
  await ask();
  await vi.waitFor(() => expect(gateway.status().requests).toBe(0));
  await new Promise((resolve) => server.close(resolve));
  const table = /\n\| Field \| \|\n\|---\|---\|\n((?:\|.*\n)+)/.exec(page)?.[1] ?? '';
  const told = [...table.matchAll(/^\| ((?:`\w+` ?)+)\|/gm)].flatMap(([, names = '']) => names.match(/\w+/g) ?? []);
  expect(told.sort()).toEqual([...seen].sort());
});

it('operations.md - each proxy hides the operators’ routes in every spelling, and no other', () => {
  const patterns = [...page.matchAll(/(?:location ~ |path_regexp |PathRegexp\(`)(\/\(internal\S*?)(?:`| \{|\n)/g)];
  expect(patterns).toHaveLength(3);
  for (const [, pattern = ''] of patterns) {
    const hidden = new RegExp(pattern);
    for (const path of [
      '/metrics',
      '/v1/metrics',
      '//metrics/',
      '/internal/stats',
      '/v1/internal/reload',
      '//internal',
      '/debug/requests',
    ])
      expect(hidden.test(path), `${pattern} ${path}`).toBe(true);
    for (const path of [
      '/v1/chat/completions',
      '/v1/messages',
      '/v1/responses',
      '/healthz',
      '/readyz',
      '/v1/models/metrics-1',
    ])
      expect(hidden.test(path), `${pattern} ${path}`).toBe(false);
  }
});
