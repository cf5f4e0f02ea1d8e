/**
 * `npm run bench`: what the gateway costs beside a bare floor, both driven by the same load in the same run against the
 * same simulator, and what it costs in a framework's app beside its own server. Ratios are the result; the absolute numbers
 * belong to the machine. `--quick` for a smoke run, `--json` for machines, `--only TEXT` for the rows whose name holds it.
 * Progress goes to stderr.
 */
import { fileURLToPath } from 'node:url';
import { agents, answer, conversation, history, short } from './bodies.mjs';
import { many, stream } from './load.mjs';
import {
  child,
  compare,
  cpuOfCommand,
  cpuPer,
  lowest,
  median,
  restingServer,
  startOfServer,
  stopAll,
} from './measure.mjs';

const quick = process.argv.includes('--quick');
const asJson = process.argv.includes('--json');
const only = process.argv.includes('--only') ? process.argv[process.argv.indexOf('--only') + 1] : '';
const scale = quick ? 0.1 : 1;
const times = (count) => Math.max(1, Math.ceil(count * scale));
const rounds = quick ? 1 : 5;
const CLI = fileURLToPath(new URL('../../server/dist/cli.js', import.meta.url));

/** Of a server that nobody has asked anything for a minute. */
const AT_REST = 'memory at rest';

const rows = [];
const began = performance.now();

const isWanted = (name) => name.toLowerCase().includes(only.toLowerCase());

/** One row: `measure` gives the values of floor and gateway, or of the gateway alone. */
async function row(name, unit, measure, digits = 2) {
  if (!isWanted(name)) return;
  const seconds = Math.round((performance.now() - began) / 1000);
  process.stderr.write(`${String(seconds).padStart(4)} s  ${name} ...\n`);
  const [first, second] = await measure();
  const alone = second === undefined;
  rows.push({
    name,
    unit,
    digits,
    floor: alone ? undefined : first,
    gateway: alone ? first : second,
    ratio: alone ? undefined : second / first,
  });
}

const perChunk =
  (chunks, turns, { width = 10, delayMs = 0 } = {}) =>
  (target) =>
    cpuPer(target, async () => {
      await many(turns, width, () => stream(target.base, answer(chunks, delayMs)));
      return turns * chunks;
    });
const perRequest =
  (count, make, width = 8) =>
  (target) =>
    cpuPer(target, async () => (await many(count, width, () => stream(target.base, make()))).length);
const firstToken = async (target) =>
  median((await many(times(100), 1, () => stream(target.base, short.chat()))).map(({ first }) => first));

/** A thousand streams at once: seconds until all have ended, and the resident megabytes while all are open. */
async function crowd(target, width, chunks, delayMs) {
  let open = 0;
  let rss = 0;
  const started = performance.now();
  const asked = [];
  await many(width, width, () =>
    stream(target.base, answer(chunks, delayMs), {
      onFirst: () => {
        if (++open === width) asked.push(target.usage(true).then((usage) => (rss = usage.rss)));
      },
    }),
  );
  await Promise.all(asked);
  return { wall: (performance.now() - started) / 1000, rss: rss / 1e6 };
}

try {
  const simulator = await child('simulator', 'lingma-2.11', 'present');
  const lingma = `${simulator.base}/`;
  const pair = async (dialect, ...flags) => [
    await child('floor', lingma, dialect),
    await child('gateway', lingma, dialect, ...flags),
  ];
  const serving = () => {
    const port = 20_000 + Math.floor(Math.random() * 20_000);
    const args = [CLI, 'serve', '--port', `${port}`, '--ws-url', lingma, '--log-level', 'error'];
    return [args, `http://127.0.0.1:${port}`];
  };
  // Rests while all else is measured.
  const rssAtRest = isWanted(AT_REST) ? await restingServer(...serving()) : undefined;
  /** The floor has one connection for all; so nearly has a gateway whose Lingma is known to keep turns apart. */
  const SHARED = 'turns-per-connection=32';

  /**
   * Cold and warm in one protocol: what a process costs in its first 500 requests cannot be measured twice, and V8 compiles anew what another
   * protocol makes of code they share, so each has processes of its own. Returns the first pair, which has served some 5,000 by then.
   */
  const shortRequests = async (protocol) => {
    const make = short[protocol];
    const warm = await pair('acp');
    const cold = [[], []];
    await row(
      `short request, cold: ${protocol}`,
      'µs',
      async () => {
        for (let round = 0; round < (quick ? 1 : 3); round++) {
          const fresh = round === 0 ? warm : await pair('acp');
          for (const [index, target] of fresh.entries()) {
            cold[index].push(await perRequest(times(500), make)(target));
          }
          if (round > 0) for (const target of fresh) target.stop();
        }
        return cold.map(median);
      },
      0,
    );
    const served = cold[0].length > 0 ? times(500) : 0;
    await row(
      `short request, warm: ${protocol}`,
      'µs',
      async () => {
        for (const target of warm) await many(times(3000) - served, 16, () => stream(target.base, make()));
        return compare(warm, rounds, perRequest(times(300), make));
      },
      0,
    );
    return warm;
  };

  for (const protocol of ['messages', 'responses']) {
    for (const target of await shortRequests(protocol)) target.stop();
  }
  // The one that goes on, in which the rows below are measured.
  const acp = await shortRequests('chat');
  await row('time to first token', 'ms', () => compare(acp, rounds, firstToken));
  await row('chunk, 500 a request', 'µs', () => compare(acp, rounds, perChunk(500, times(40))));
  await row('chunk, 5,000 a request', 'µs', () => compare(acp, rounds, perChunk(5000, times(6), { width: 3 })));
  await row('chunk, paced: 50 streams, one each 20 ms', 'µs', () =>
    compare(acp, quick ? 1 : 3, perChunk(60, 50, { width: 50, delayMs: 20 })),
  );
  await row('200 turns, seen before', 'µs', () => compare(acp, rounds, perRequest(times(60), history.seen)), 0);
  await row('200 turns, never seen', 'µs', () => compare(acp, rounds, perRequest(times(60), history.unseen)), 0);
  for (const [name, make] of Object.entries(agents)) {
    await row(`${name}'s request with its tools`, 'µs', () => compare(acp, rounds, perRequest(times(120), make)), 0);
  }
  for (const target of acp) target.stop();

  // The same gateway twice: each turn in a session of its own, and conversations that go on in theirs.
  const fresh = await child('gateway', lingma, 'acp', 'session-mode=fresh');
  const sessions = [fresh, await child('gateway', lingma, 'acp')];
  for (const target of sessions) await many(times(3000), 16, () => stream(target.base, short.chat()));
  await row(
    'short request: sessions fresh | kept',
    'µs',
    () => compare(sessions, rounds, perRequest(times(300), short.chat)),
    0,
  );
  const talks = sessions.map(() => Array.from({ length: times(60) }, conversation));
  const goOn = (target) => {
    const own = talks[sessions.indexOf(target)];
    let at = 0;
    return perRequest(own.length, () => own[at++]())(target);
  };
  // The first round begins them. Three thousand requests, as for the short ones.
  await row(
    'turn 200: sessions fresh | gone on in',
    'µs',
    () => compare(sessions, rounds, goOn, { warmUp: quick ? 1 : 50 }),
    0,
  );
  for (const target of sessions) target.stop();

  // The same gateway twice: each piece of an answer seen by the turn's recorder, and only its start and its end.
  const observed = [await child('untapped', lingma, 'acp'), await child('gateway', lingma, 'acp')];
  await row('chunk, 500 a request: observation off | on', 'µs', () =>
    compare(observed, quick ? 1 : 15, perChunk(500, times(40)), { warmUp: quick ? 0 : 3, summary: lowest }),
  );
  for (const target of observed) target.stop();

  // What stands between the channel and Lingma, by itself: one client, and a pool of one with conversations.
  const layers = [await child('client', lingma, 'acp'), await child('gateway', lingma, 'acp', 'session-mode=auto')];
  for (const [protocol, make] of Object.entries(short)) {
    for (const target of layers) await many(times(2500), 16, () => stream(target.base, make()));
    await row(
      `short request: a client | pool, store: ${protocol}`,
      'µs',
      () => compare(layers, quick ? 1 : 9, perRequest(times(400), make)),
      0,
    );
  }
  for (const target of layers) target.stop();
  // Beside the program's own server: the first column is not the floor here.
  for (const framework of ['express', 'fastify']) {
    const mounted = [await child('gateway', lingma, 'acp'), await child('mounted', lingma, 'acp', framework)];
    await row(`${framework} beside own server: chunk, 500 a request`, 'µs', () =>
      compare(mounted, rounds, perChunk(500, times(40))),
    );
    await row(
      `${framework} beside own server: short request`,
      'µs',
      () => compare(mounted, rounds, perRequest(times(300), short.chat)),
      0,
    );
    for (const target of mounted) target.stop();
  }

  // Another upstream than Lingma: beside a proxy that does nothing but pass on.
  const upstream = await child('upstream');
  const passing = [
    await child('relay-floor', upstream.base),
    await child('gateway', lingma, 'acp', `upstream-url=${upstream.base}`, 'upstream-models=sim-model'),
  ];
  const elsewhere = ({ path, body }) => ({ path, body: { ...body, model: 'sim-model' } });
  const shortElsewhere = () => elsewhere(short.chat());
  const chunksElsewhere =
    (chunks, turns, { width = 10, delayMs = 0 } = {}) =>
    (target) =>
      cpuPer(target, async () => {
        await many(turns, width, () => stream(target.base, elsewhere(answer(chunks, delayMs))));
        return turns * chunks;
      });
  for (const target of passing) await many(times(2500), 16, () => stream(target.base, shortElsewhere()));
  await row('channel: chunk handed on, 500 a request', 'µs', () =>
    compare(passing, rounds, chunksElsewhere(500, times(40))),
  );
  await row('channel: chunk handed on, paced', 'µs', () =>
    compare(passing, quick ? 1 : 3, chunksElsewhere(60, 50, { width: 50, delayMs: 20 })),
  );
  await row(
    'channel: short request handed on',
    'µs',
    () => compare(passing, rounds, perRequest(times(300), shortElsewhere)),
    0,
  );
  for (const target of [...passing, upstream]) target.stop();

  const lsp = await pair('lsp-chat');
  await row('LSP chat: chunk, 500 a request', 'µs', () => compare(lsp, rounds, perChunk(500, times(20))));
  await row('LSP chat: short request', 'µs', () => compare(lsp, rounds, perRequest(times(300), short.chat)), 0);
  for (const target of lsp) target.stop();

  const sharing = await pair('acp', SHARED);
  await row('32 turns a connection: chunk, paced', 'µs', () =>
    compare(sharing, quick ? 1 : 3, perChunk(60, 50, { width: 50, delayMs: 20 })),
  );
  for (const target of sharing) target.stop();

  const width = quick ? 50 : 1000;
  const streams = width.toLocaleString('en');
  for (const [title, flags] of [
    [`${streams} streams at once`, []],
    [`32 turns a connection: ${streams} streams`, [SHARED]],
  ]) {
    const crowds = [];
    await row(`${title}: wall`, 's', async () => {
      for (const target of await pair('acp', ...flags)) {
        await many(100, 16, () => stream(target.base, short.chat()));
        crowds.push(await crowd(target, width, 50, 20));
        target.stop();
      }
      return crowds.map(({ wall }) => wall);
    });
    if (crowds.length > 0) await row(`${title}: memory`, 'MB', async () => crowds.map(({ rss }) => rss), 0);
  }

  const others = await Promise.all([1, 2, 3].map(() => child('simulator', 'lingma-2.11', 'present')));
  const instances = [lingma, ...others.map(({ base }) => `${base}/`)].map((wsUrl) => ({ wsUrl }));
  const overOne = await child('gateway', lingma, 'acp');
  const overFour = await child('instances', JSON.stringify(instances), 'acp');
  const crowds = [];
  await row(`${streams} streams: 1 instance | 4: wall`, 's', async () => {
    for (const target of [overOne, overFour]) {
      await many(100, 16, () => stream(target.base, short.chat()));
      crowds.push(await crowd(target, width, 50, 20));
    }
    return crowds.map(({ wall }) => wall);
  });
  if (crowds.length > 0) {
    await row(`${streams} streams: 1 instance | 4: memory`, 'MB', async () => crowds.map(({ rss }) => rss), 0);
  }
  for (const target of [overOne, overFour, ...others]) target.stop();

  const starts = [];
  /** Started once, by the first of the rows that wants to know. */
  const startMedian = async (field) => {
    for (let round = starts.length; round < (quick ? 1 : 5); round++) starts.push(await startOfServer(...serving()));
    return [median(starts.map((start) => start[field]))];
  };
  await row('start until /healthz answers', 'ms', () => startMedian('wall'), 0);
  await row('start until /healthz answers: CPU', 'ms', () => startMedian('cpu'), 0);
  await row(AT_REST, 'MB', async () => [await rssAtRest?.(quick ? 1000 : 60_000)], 0);
  await row(
    '--version: CPU',
    'ms',
    async () => {
      const runs = Array.from({ length: quick ? 1 : 5 }, () => cpuOfCommand(process.execPath, [CLI, '--version']));
      return [median(runs)];
    },
    0,
  );

  if (asJson) console.log(JSON.stringify({ node: process.version, rows }, null, 2));
  else {
    const cell = (value, digits) => (value === undefined ? '' : value.toFixed(digits)).padStart(10);
    console.log(`${''.padEnd(48)}${['floor', 'gateway', 'ratio'].map((title) => title.padStart(10)).join('')}`);
    for (const { name, unit, digits, floor, gateway, ratio } of rows) {
      console.log(`${`${name} (${unit})`.padEnd(48)}${cell(floor, digits)}${cell(gateway, digits)}${cell(ratio, 2)}`);
    }
  }
} finally {
  stopAll();
}
