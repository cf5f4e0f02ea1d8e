/**
 * `pnpm bench`: what the gateway costs beside a bare floor, both driven by the same load in the same run against the
 * same simulator. Ratios are the result; the absolute numbers belong to the machine. `--quick` for a smoke run,
 * `--json` for machines.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { many, sim, stream, user } from './load.mjs';

const quick = process.argv.includes('--quick');
const asJson = process.argv.includes('--json');
const scale = quick ? 0.1 : 1;
const children = [];

async function child(name, ...args) {
  const started = fork(fileURLToPath(new URL(`${name}-child.mjs`, import.meta.url)), args, {
    execArgv: ['--expose-gc'],
  });
  children.push(started);
  const [{ ready }] = await Promise.race([
    once(started, 'message'),
    once(started, 'exit').then(([code]) => Promise.reject(new Error(`${name} exited with ${code}`))),
  ]);
  const usage = async (collect = false) => {
    started.send({ ask: 'usage', collect });
    return (await once(started, 'message'))[0].usage;
  };
  return { base: ready.replace(/\/$/, ''), usage };
}

const median = (values) => values.toSorted((a, b) => a - b)[values.length >> 1];

/** CPU microseconds that `work` costs `target`, divided by what `work` returns. */
async function cpuPer(target, work) {
  const before = await target.usage();
  const count = await work();
  return ((await target.usage()).cpu - before.cpu) / count;
}

/** Alternates between the targets, so that a noisy moment hits all of them; medians of the rounds. */
async function compare(targets, rounds, measure) {
  const values = targets.map(() => []);
  for (let round = 0; round <= rounds; round++) {
    for (const [index, target] of targets.entries()) {
      const value = await measure(target);
      if (round > 0) values[index].push(value); // round 0 warms up
    }
  }
  return values.map(median);
}

const chunkText = 'A sentence of an answer, 句子。 ';
const streamed = (chunks) => [user(sim({ text: chunkText, repeat: chunks, chunks }))];
/** Per chunk that the model sent, however the gateway batches them. */
const perSentChunk = (extra) => async (target) =>
  cpuPer(target, async () => {
    const turns = Math.ceil(20 * scale);
    await many(turns, 10, () => stream(target.base, streamed(2000), { extra }));
    return turns * 2000;
  });

const short = [user(sim({ text: 'ok', chunks: 1 }))];
const history = [
  ...Array.from({ length: 200 }, (_, index) => ({
    role: index % 2 === 0 ? 'user' : 'assistant',
    content: `Turn ${index}: ${'some words about the code base and what to do next. '.repeat(10)}`,
  })),
  ...short,
];
const perRequest = (messages) => async (target) =>
  cpuPer(target, async () => (await many(Math.ceil(300 * scale), 8, () => stream(target.base, messages))).length);
const firstToken = async (target) =>
  median((await many(Math.ceil(100 * scale), 1, () => stream(target.base, short))).map(({ first }) => first));

/** Resident bytes of the whole process while `width` streams are open, after a collection. */
const memory = (width) => async (target) => {
  let open = 0;
  let arrived;
  const allOpen = new Promise((resolve) => {
    arrived = resolve;
  });
  const turns = Array.from({ length: width }, () =>
    stream(target.base, [user(sim({ text: 'word '.repeat(40), chunks: 40, delayMs: 150 }))], {
      onFirst: () => ++open === width && arrived(),
    }),
  );
  await Promise.race([allOpen, Promise.all(turns)]);
  const { rss } = await target.usage(true);
  await Promise.all(turns);
  return rss;
};

const tools = Array.from({ length: 12 }, (_, index) => ({
  type: 'function',
  function: {
    name: `tool_${index}`,
    description: 'Does something useful with a path and a text.',
    parameters: {
      type: 'object',
      properties: { path: { type: 'string' }, text: { type: 'string' }, line: { type: 'integer' } },
      required: ['path'],
    },
  },
}));

// The terminal's signals do not reach this process when a script started it; the end of that script does.
process.on('disconnect', () => process.exit(143));
// Listening alone would keep this process alive.
process.channel?.unref();

const rows = [];
const row = async (name, unit, measurement) => {
  console.error(`Measuring ${name} ...`);
  const [floor, gateway, acp] = await measurement();
  rows.push({ name, unit, floor, gateway, ratio: gateway / floor, acp });
};

try {
  const simulator = await child('simulator', 'lingma-2.11', 'present');
  const lingma = `${simulator.base}/`;
  const floor = await child('floor', lingma);
  const gateway = await child('gateway', lingma, 'lsp-chat');
  const acp = await child('gateway', lingma, 'acp');
  const targets = [floor, gateway, acp];
  const rounds = quick ? 1 : 5;

  await row('CPU per streamed chunk', 'µs', () => compare(targets, rounds, perSentChunk()));
  console.error('Measuring CPU per streamed chunk with tools ...');
  const withTools = await compare([gateway, acp], rounds, perSentChunk({ tools }));
  await row('CPU per short request', 'µs', () => compare(targets, rounds, perRequest(short)));
  await row('CPU per request with 200 turns of history', 'µs', () => compare(targets, rounds, perRequest(history)));
  await row('time to first token', 'ms', () => compare(targets, rounds, firstToken));
  const megabytes = (width) => async () => (await compare(targets, 1, memory(width))).map((bytes) => bytes / 1e6);
  await row('memory at 200 streams', 'MB', megabytes(200));
  if (!quick) await row('memory at 1,000 streams', 'MB', megabytes(1000));

  const plain = rows[0];
  const toolsRatio = withTools[0] / plain.gateway;
  if (asJson) console.log(JSON.stringify({ node: process.version, rows, toolsRatio }, null, 2));
  else {
    const cell = (value) => (value === undefined ? '' : value.toFixed(2)).padStart(10);
    console.log(
      `${''.padEnd(46)}${['floor', 'gateway', 'ratio', 'with ACP'].map((title) => title.padStart(10)).join('')}`,
    );
    for (const { name, unit, floor: bare, gateway: ours, ratio, acp: other } of rows) {
      console.log(`${`${name} (${unit})`.padEnd(46)}${cell(bare)}${cell(ours)}${cell(ratio)}${cell(other)}`);
    }
    console.log(`${'CPU per chunk with tools, of that without'.padEnd(66)}${cell(toolsRatio)}`);
  }
} finally {
  for (const process_ of children) process_.kill();
}
