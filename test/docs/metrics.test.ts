import { readFileSync } from 'node:fs';
import { createGateway } from '@lingma-gateway/core';
import { expect, it } from 'vitest';
import { ScriptedChannel } from '../contract/scripted-channel.js';

it('operations.md - names every metric, and none that is not there', async () => {
  const gateway = createGateway({ channel: new ScriptedChannel(), metricsPublic: true });
  const exposition = await (await gateway.fetch(new Request('http://127.0.0.1/metrics'))).text();
  const there = [...exposition.matchAll(/^# TYPE (gateway_\S+) (\w+)$/gm)].map(([, name, kind]) => `${name} ${kind}`);
  const page = readFileSync(new URL('../../docs/operations.md', import.meta.url), 'utf8');
  const told = [...page.matchAll(/^\| ((?:`gateway_\w+`(?:, )?)+) \| (\w+)/gm)].flatMap(([, names = '', kind]) =>
    names.split(', ').map((name) => `${name.replaceAll('`', '')} ${kind}`),
  );
  expect(told.sort()).toEqual(there.sort());
});
