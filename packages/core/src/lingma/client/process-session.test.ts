import { expect, it, vi } from 'vitest';
import { FakeProcess } from '../testing/fake-process.js';
import { resolveSettings } from './client-options.js';
import { ProcessSession } from './process-session.js';

const NAME = { serverInfo: { name: 'lingma' } };

function gate(): { promise: Promise<typeof NAME>; open: (result: typeof NAME) => void } {
  let open: (result: typeof NAME) => void = () => undefined;
  const promise = new Promise<typeof NAME>((resolve) => {
    open = resolve;
  });
  return { promise, open };
}

it.each<[string, 'drop' | 'retire']>([
  ['dies', 'drop'],
  ['is given up', 'retire'],
])('the last connection %s while another is being opened - the client is ready with that one', async (_, end) => {
  const { promise: opening, open } = gate();
  const process = new FakeProcess({
    initialize: (_params, { number }) => (number === 1 ? NAME : opening),
  });
  const states: string[] = [];
  const session = new ProcessSession(resolveSettings({}), process.connector, {
    onConnection: () => undefined,
    onLost: () => undefined,
    onState: (state) => states.push(state),
  });
  const { signal } = new AbortController();
  const lease = await session.connections.acquire(signal);
  const second = session.connections.acquire(signal);
  await vi.waitFor(() => expect(process.paramsOf('initialize')).toHaveLength(2));
  if (end === 'retire') lease.retire();
  else for (const link of process.links) if (link.number === 1) link.drop();
  expect(session.state).toBe('stopped');
  open(NAME);
  (await second).release();
  expect(session.connections.size).toBe(1);
  expect(states).toEqual(['starting', 'ready', 'stopped', 'ready']);
  session.close();
});
