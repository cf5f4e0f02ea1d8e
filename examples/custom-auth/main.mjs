/**
 * A gateway that knows the app's own users: who may call is the app's word, each has limits and models, and hooks see what passes. Runs
 * against the simulator and checks its own result; leave `address` out to use the Lingma of this machine.
 */
import assert from 'node:assert/strict';
import { createGateway, createLingmaChannel, GatewayError, LingmaClient } from '@lingma-gateway/core';
import { createSimulator } from '@lingma-gateway/simulator';

/** Stands for a table of sessions. */
const sessions = new Map([
  ['session-of-ann', { id: 'ann', plan: 'pro' }],
  ['session-of-bob', { id: 'bob', plan: 'free' }],
  ['session-of-eve', { id: 'eve', plan: 'ended' }],
]);

async function authorize(request) {
  const session = /session=([\w-]+)/.exec(request.headers.get('cookie') ?? '')?.[1];
  // Nobody the app knows: its own answer, in place of the gateway's 401.
  if (session === undefined) return Response.redirect('https://app.example/login', 302);
  const user = sessions.get(session);
  if (user === undefined) return undefined;
  if (user.plan === 'ended')
    throw new GatewayError('quota_exceeded', 'Your plan has ended; renew it at app.example/plans');
  return { id: user.id, ...(user.plan === 'free' && { limits: { requestsPerMinute: 1, tokensPerDay: 10_000 } }) };
}

/** What each user has cost. */
const spent = new Map();
const hooks = {
  onRequest(request, { principal }) {
    console.log(`${principal.id} asks ${request.model}`);
    return { ...request, messages: [{ role: 'system', content: 'You work for app.example.' }, ...request.messages] };
  },
  onEnd({ usage, error }, { principal }) {
    if (error === undefined) spent.set(principal.id, (spent.get(principal.id) ?? 0) + usage.outputTokens);
  },
};

const simulator = createSimulator();
await simulator.start();
const client = new LingmaClient({ address: simulator.address.webSocketUrl });
const gateway = createGateway({ channel: createLingmaChannel({ client }), authorize, hooks });

const ask = (cookie) =>
  gateway.fetch(
    new Request('http://app.local/v1/chat/completions', {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(cookie !== undefined && { cookie }) },
      body: JSON.stringify({ model: 'auto', messages: [{ role: 'user', content: 'Hi! @sim {"text":"Hello, user"}' }] }),
    }),
  );

const answer = await ask('session=session-of-ann');
assert.equal((await answer.json()).choices[0].message.content, 'Hello, user');
const login = await ask();
assert.deepEqual([login.status, login.headers.get('location')], [302, 'https://app.example/login']);
assert.equal((await ask('session=of-nobody')).status, 401);
assert.equal((await ask('session=session-of-bob')).status, 200);
assert.equal((await ask('session=session-of-bob')).status, 429);
const ended = await ask('session=session-of-eve');
assert.match((await ended.json()).error.message, /renew it/);
assert.deepEqual([...spent.keys()], ['ann', 'bob']);
assert.ok(spent.get('ann') > 0);

// A slip in an option is told at once.
assert.throws(
  () => createGateway({ channel: createLingmaChannel({ client }), authorise: authorize }),
  /did you mean "authorize"/,
);

await gateway.close();
await client.close();
await simulator.stop();
