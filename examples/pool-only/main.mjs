/**
 * Several Lingmas as one, without a gateway and without HTTP: turns are spread, kept together by a key, moved when an
 * instance fails, and kept off one that is being drained. Runs against three simulators and checks its own result.
 */
import assert from 'node:assert/strict';
import { LingmaPool } from '@lingma-gateway/core';
import { createSimulator } from '@lingma-gateway/simulator';

const simulators = ['one', 'two', 'three'].map(() => createSimulator());
for (const simulator of simulators) await simulator.start();

const pool = new LingmaPool({
  instances: simulators.map(({ address }, index) => ({
    name: ['one', 'two', 'three'][index],
    client: { address: address.webSocketUrl },
    // The first gets half of the turns, the others a quarter each.
    weight: index === 0 ? 2 : 1,
  })),
});
pool.on('state', ({ instance, state }) => console.log(`${instance} is ${state}`));
await pool.start();
assert.equal(pool.status().ready, 3);

const say = (text) => ({ messages: [{ role: 'user', text: `Say it. @sim ${JSON.stringify({ text })}` }] });
const textOf = ({ content }) => content.map((block) => (block.type === 'text' ? block.text : '')).join('');
const turnsOf = () => simulators.map(({ stats }) => stats.turnsStarted);

// Spread by weight: while eight turns run, four of them do so on the first.
const places = [];
for (let count = 0; count < 8; count++) places.push(await pool.acquire());
console.log('spread over', places.map(({ instance }) => instance).join(' '));
assert.deepEqual(
  pool.status().instances.map(({ inFlight }) => inFlight),
  [4, 2, 2],
);
for (const place of places) place.release();

// Kept together: the turns of one conversation are of one key.
for (let count = 0; count < 5; count++) await pool.complete(say('hello'), { affinityKey: 'conversation-1' });
assert.deepEqual(turnsOf().sort(), [0, 0, 5]);

// Streamed, event by event.
for await (const event of pool.streamTurn(say('hello from the pool'))) {
  if (event.type === 'text-delta') process.stdout.write(event.delta);
}
console.log();

// Drained: what runs may end, nothing new begins there.
await pool.drain('one');
const drained = turnsOf()[0];
await Promise.all(Array.from({ length: 10 }, () => pool.complete(say('hello'))));
assert.equal(turnsOf()[0], drained);
pool.resume('one');

// Killed: whatever it had not begun to answer is answered by the others.
await simulators[1].kill();
const answers = await Promise.all(Array.from({ length: 10 }, () => pool.complete(say('still here'))));
assert.deepEqual(new Set(answers.map(textOf)), new Set(['still here']));

await pool.close();
for (const simulator of simulators) await simulator.stop();
