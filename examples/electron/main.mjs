/**
 * Runs the app without Electron, whose package downloads its program when it is installed: with stand-ins for the modules
 * that it uses, against the simulator, in both variants. Checks its own result. The app itself starts with `electron-main.mjs`.
 */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSimulator } from '@lingma-gateway/simulator';
import { startApp } from './app.mjs';
import { createPortFetch } from './port-fetch.mjs';
import { WINDOW } from './port-messages.mjs';
import { servePort } from './serve-port.mjs';
import { createStandIns } from './stand-ins.mjs';

// Who does not read holds the answer up: a window's worth of it is under way, and the rest comes as it is taken.
{
  const { port1, port2 } = new MessageChannel();
  const total = WINDOW * 3;
  let made = 0;
  const body = () =>
    new ReadableStream(
      { pull: (to) => (made < total ? to.enqueue(new Uint8Array([made++])) : to.close()) },
      { highWaterMark: 0 },
    );
  const served = servePort(port1, async ({ method }) => new Response(method === 'HEAD' ? null : body()));
  const fetchOver = createPortFetch(port2);
  const response = await fetchOver('/');
  // All that may be sent has been, once the port has answered another request.
  assert.equal((await fetchOver('/', { method: 'HEAD' })).status, 200);
  assert.ok(made <= WINDOW + 2, `${made} chunks were made`);
  assert.deepEqual([...new Uint8Array(await response.arrayBuffer())], [...Array(total).keys()]);
  served.close();
}

const simulator = createSimulator();
await simulator.start();
const userData = mkdtempSync(join(tmpdir(), 'lingma-electron-'));
const settings = { lingma: { wsUrl: simulator.address.webSocketUrl } };

for (const variant of ['main-process', 'utility-process']) {
  const { electron, createWindow } = createStandIns({ userData });
  const { host, window } = await startApp({ electron, variant, createWindow, settings });
  if (variant === 'main-process') assert.equal(host.config.lingma.dataDir, join(userData, 'lingma'));
  const port = await window.connect();
  const fetchLingma = createPortFetch(port);
  const ask = (directive, init) =>
    fetchLingma('/v1/chat/completions', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        model: 'auto',
        stream: true,
        messages: [{ role: 'user', content: `Hello! @sim ${JSON.stringify(directive)}` }],
      }),
      ...init,
    });
  const textOf = (stream) => [...stream.matchAll(/"content":"([^"]*)"/g)].map(([, delta]) => delta).join('');

  // A stream of more chunks than may be under way, whole and in order.
  const words = Array.from({ length: WINDOW * 4 }, (_, index) => `word${index} `).join('');
  const response = await ask({ text: words, chunks: WINDOW * 4 });
  assert.equal(response.status, 200);
  const streamed = await response.text();
  assert.equal(textOf(streamed), words);
  assert.match(streamed, /data: \[DONE\]/);

  // Errors keep their status and envelope.
  const refused = await fetchLingma('/v1/messages', { method: 'POST', body: '{}' });
  assert.equal(refused.status >= 400 && refused.status < 500, true);
  assert.equal((await refused.json()).type, 'error');

  // Who leaves ends the turn at Lingma.
  const leaving = new AbortController();
  const left = await ask({ text: 'never whole', chunks: 10, delayMs: 60_000 }, { signal: leaving.signal }).catch(
    () => undefined,
  );
  leaving.abort();
  await assert.rejects(left === undefined ? Promise.reject(new Error('left')) : left.text());

  // A second app ends at once; the first is shown.
  const second = createStandIns({ userData, isFirst: false });
  const quit = once(second.electron.app, 'quit');
  assert.equal(await startApp({ electron: second.electron, variant, createWindow: second.createWindow }), undefined);
  await quit;
  electron.app.emit('second-instance');
  assert.equal(window.focused, 1);

  // Quitting waits for an answer that runs.
  const running = await ask({ text: 'said to the end', chunks: 3, delayMs: 30 });
  const gone = once(electron.app, 'quit');
  electron.app.quit();
  electron.app.quit();
  assert.equal(textOf(await running.text()), 'said to the end');
  await gone;
  await assert.rejects(
    ask({ text: 'too late' }).then((late) => (late.ok ? late : Promise.reject(new Error('refused')))),
  );
  port.close();
  console.log(`${variant}: ok`);
}

rmSync(userData, { recursive: true, force: true });
await simulator.stop();
