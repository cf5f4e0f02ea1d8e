/**
 * `npm run soak`: mixed requests without an end in sight, against a gateway in a process of its own that has simulators under the
 * real program's name for Lingmas. Whatever grows is seen in the table it prints (Markdown, for docs/reliability.md).
 *
 *   --count 50000     requests in all           --instances 1     Lingmas
 *   --minutes N       stop then, at the latest  --kill-every N    one Lingma is killed after each N requests
 *   --width 16        requests at a time        --seed 1          of what is asked
 *   --dialect auto    acp, lsp-chat             --samples 10      rows of the table
 *
 * Exit code 1 where an answer was wrong, something was left, or the heap grew. Progress goes to stderr.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { askOne, planRequest, seededRandom } from './requests.mjs';
import { countSessions, processesIn } from './upstream.mjs';

const OPTIONS = { count: 50_000, minutes: 0, instances: 1, 'kill-every': 0, width: 16, seed: 1, samples: 10 };
const { values } = parseArgs({
  options: {
    ...Object.fromEntries(Object.keys(OPTIONS).map((name) => [name, { type: 'string' }])),
    dialect: { type: 'string', default: 'auto' },
  },
});
const number = (name) => {
  const value = Number(values[name] ?? OPTIONS[name]);
  if (!Number.isFinite(value) || value < 0) throw new Error(`--${name} is a number, not ${values[name]}`);
  return value;
};
const [count, minutes, instances, killEvery, width, samples] = [
  ...['count', 'minutes', 'instances', 'kill-every', 'width', 'samples'],
].map(number);
const random = seededRandom(number('seed'));

/** Conversations whose sessions are kept on purpose; more than these are left-overs. */
const KEPT_SESSIONS = 32;
/** What the heap may have grown by between the first sample under load and the last. */
const GROWTH = { factor: 1.3, bytes: 16 * 1024 * 1024 };
/** Of wrong answers, in the progress; all are counted. */
const MAX_TOLD = 20;
/** Lingmas that were killed are up again by then. */
const SETTLE_MS = 120_000;

const folder = mkdtempSync(join(tmpdir(), 'lingma-soak-'));
const poolDir = join(folder, 'pool');
const gateway = fork(fileURLToPath(new URL('gateway-child.mjs', import.meta.url)), [], {
  execArgv: ['--expose-gc'],
  env: {
    PATH: process.env.PATH,
    HOME: folder,
    LINGMA_BIN: fileURLToPath(new URL('../../simulator/bin/Lingma', import.meta.url)),
    LINGMA_INSTANCE_COUNT: String(instances),
    LINGMA_GATEWAY_POOL_DIR: poolDir,
    // One alone lies elsewhere unless it is told.
    ...(instances === 1 && { LINGMA_WORK_DIR: join(poolDir, 'inst-0') }),
    LINGMA_GATEWAY_DIALECT: values.dialect,
    SESSION_CACHE_MAX_ENTRIES: String(KEPT_SESSIONS),
  },
});
const ended = once(gateway, 'exit').then(([code]) => {
  if (!over) throw new Error(`the gateway exited with ${code}`);
});
let over = false;
ended.catch(() => undefined);
const told = async () => (await Promise.race([once(gateway, 'message'), ended]))[0];
const askGateway = async (ask) => {
  gateway.send({ ask });
  return (await told()).answer;
};

const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const began = performance.now();
const seconds = () => Math.round((performance.now() - began) / 1000);
const outcomes = {};
const rows = [];
let asked = 0;
let kills = 0;
let stop = false;

/** Once everything that was asked is over, and all Lingmas are up: what is held now is held for good. */
async function settle() {
  const until = performance.now() + SETTLE_MS;
  for (;;) {
    const state = await askGateway('state');
    const sessions = await countSessions(poolDir);
    const isUp = state.ready === instances && processesIn(poolDir).length === instances;
    const settled = isUp && state.slots === 0 && state.requests === 0 && sessions <= KEPT_SESSIONS;
    if (settled || performance.now() > until) return { ...state, sessions, isUp };
    await sleep(250);
  }
}

async function sample() {
  const state = await settle();
  rows.push({ asked, seconds: seconds(), kills, ...state });
  const megabytes = (state.heapUsed / 1e6).toFixed(1);
  process.stderr.write(`${asked} asked: heap ${megabytes} MB, ${state.sessions} sessions, ${state.slots} slots\n`);
}

function kill() {
  const up = processesIn(poolDir);
  const one = up[Math.floor(random() * up.length)];
  if (one === undefined) return;
  kills++;
  try {
    process.kill(one.pid, 'SIGKILL');
  } catch {
    // It had ended by itself.
  }
}

/** One share of the requests, `width` at a time. */
async function load(base, until) {
  await Promise.all(
    Array.from({ length: width }, async () => {
      while (asked < until && !stop) {
        const index = ++asked;
        const plan = planRequest(index, random);
        const outcome = await askOne(base, plan);
        const name = outcome.startsWith('wrong') ? 'wrong' : outcome;
        outcomes[plan.kind] ??= {};
        outcomes[plan.kind][name] = (outcomes[plan.kind][name] ?? 0) + 1;
        if (name === 'wrong' && total('wrong') <= MAX_TOLD)
          process.stderr.write(`request ${index} (${plan.kind}, ${plan.protocol.path}): ${outcome}\n`);
        if (killEvery > 0 && index % killEvery === 0) kill();
        if (minutes > 0 && seconds() >= minutes * 60) stop = true;
      }
    }),
  );
}

const total = (name) => Object.values(outcomes).reduce((sum, counts) => sum + (counts[name] ?? 0), 0);

function print() {
  const columns = {
    requests: (row) => row.asked.toLocaleString('en'),
    s: (row) => row.seconds,
    'heap after GC, MB': (row) => (row.heapUsed / 1e6).toFixed(1),
    'resident, MB': (row) => Math.round(row.rss / 1e6),
    handles: (row) => row.handles,
    sockets: (row) => row.sockets,
    descriptors: (row) => row.descriptors ?? '–',
    'sessions upstream': (row) => row.sessions,
    slots: (row) => row.slots,
    'unhandled rejections': (row) => row.unhandled,
    'Lingmas killed': (row) => row.kills,
  };
  const line = (cells) => `| ${cells.join(' | ')} |`;
  const names = Object.keys(columns);
  console.log(line(names));
  console.log(line(names.map(() => '---:')));
  for (const row of rows) console.log(line(names.map((name) => columns[name](row))));
  const results = ['complete', 'refused', 'failed', 'left', 'wrong'];
  console.log(`\n${line(['kind', ...results])}\n${line(['---', ...results.map(() => '---:')])}`);
  for (const [kind, counts] of Object.entries(outcomes))
    console.log(line([kind, ...results.map((name) => counts[name] ?? 0)]));
}

/** In words; nothing where all is well. */
function problems() {
  const [, loaded = rows[0]] = rows;
  const last = rows.at(-1);
  const grown = last.heapUsed > loaded.heapUsed * GROWTH.factor + GROWTH.bytes;
  // Where nobody kills, nothing but what was asked to fail may.
  const innocent = Object.entries(outcomes).flatMap(([kind, { refused = 0, failed = 0 }]) =>
    kind === 'error' ? [] : [refused + failed],
  );
  return [
    total('wrong') > 0 && `${total('wrong')} wrong answers`,
    killEvery === 0 && innocent.some((failed) => failed > 0) && 'requests failed that should not',
    last.unhandled > 0 && `${last.unhandled} unhandled rejections`,
    last.slots + last.requests > 0 && `${last.slots} slots and ${last.requests} requests left`,
    last.sessions > KEPT_SESSIONS && `${last.sessions} sessions upstream`,
    !last.isUp && 'not every Lingma is up',
    grown && 'the heap has grown',
  ].filter((problem) => problem !== false);
}

// A first Ctrl-C prints what there is.
process.once('SIGINT', () => {
  stop = true;
});
try {
  const { ready: base } = await told();
  await sample();
  for (let part = 1; part <= samples && !stop; part++) {
    await load(base, Math.round((count * part) / samples));
    await sample();
  }
  print();
  const found = problems();
  for (const problem of found) console.error(`wrong: ${problem}`);
  process.exitCode = found.length > 0 ? 1 : 0;
  over = true;
  await askGateway('stop');
  await ended;
} finally {
  over = true;
  if (gateway.connected) gateway.disconnect();
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
}
