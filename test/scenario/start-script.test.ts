/**
 * `npm start` as a terminal runs it: a process group of its own, in which one Ctrl-C reaches npm, its shell and the script
 * at once. Whatever is ended and however, nothing may be left behind: no process, no port, no folder.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import { cleanUp, temporaryFolder } from './server-process.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const groups: ChildProcess[] = [];

afterEach(async () => {
  for (const { pid } of groups.splice(0)) {
    try {
      if (pid !== undefined) process.kill(-pid, 'SIGKILL');
    } catch {
      // It has ended, as it should.
    }
  }
  await cleanUp();
});

interface Running {
  readonly npm: ChildProcess;
  readonly temporary: string;
  readonly exit: Promise<number | string>;
  /** The whole answer, once it has ended. */
  readonly answer: Promise<string>;
  /** The script's process and the server's. */
  readonly script: number;
  readonly server: number;
}

/** Up to the middle of an answer. */
async function startAndAsk(): Promise<Running> {
  const temporary = temporaryFolder();
  const npm = spawn('npm', ['start', '--silent', '--', '--port', '0', '--demo'], {
    cwd: root,
    detached: true,
    // The real home: should anything have to be installed, it comes from where everything else came from.
    env: { PATH: process.env.PATH, HOME: process.env.HOME, TMPDIR: temporary, npm_config_update_notifier: 'false' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  groups.push(npm);
  const exit = new Promise<number | string>((resolve) => {
    npm.once('close', (code, signal) => resolve(code ?? signal ?? 'unknown'));
  });
  let output = '';
  const url = await new Promise<string>((resolve, reject) => {
    const read = (data: Buffer): void => {
      output += data.toString();
      const found = /Base URL +(http:\/\/\S+)\/v1[\s\S]*wire_api/.exec(output)?.[1];
      if (found !== undefined) resolve(found);
    };
    npm.stdout?.on('data', read);
    npm.stderr?.on('data', read);
    void exit.then((code) => reject(new Error(`npm start ended with ${code}:\n${output}`)));
  });
  const prompt = '@sim {"text":"one two three four five six seven eight","chunks":8,"delayMs":150}';
  const response = await fetch(`${url}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'auto', stream: true, messages: [{ role: 'user', content: prompt }] }),
  });
  const reader = (response.body as ReadableStream<Uint8Array>).getReader();
  const decoder = new TextDecoder();
  let text = decoder.decode((await reader.read()).value, { stream: true });
  const answer = (async () => {
    for (let next = await reader.read(); !next.done; next = await reader.read()) {
      text += decoder.decode(next.value, { stream: true });
    }
    return text.replaceAll(/.*?"content":"(.*?)".*?\n|data: (\[DONE\])\n|.*\n/g, '$1$2');
  })();
  const script = descendants(npm.pid as number).find((pid) => commandOf(pid).includes('run.mjs\0start')) as number;
  const server = descendants(script).find((pid) => commandOf(pid).includes('cli.js\0serve')) as number;
  expect([script, server].every((pid) => pid > 0)).toBe(true);
  expect(foldersIn(temporary)).toHaveLength(1);
  return { npm, temporary, exit, answer, script, server };
}

const foldersIn = (folder: string): string[] => readdirSync(folder).filter((name) => name.startsWith('lingma-sim-'));

const commandOf = (pid: number): string => {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    return '';
  }
};

function descendants(pid: number): number[] {
  const parents = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((name) => [Number(name), parentOf(Number(name))] as const);
  const children = parents.filter(([, parent]) => parent === pid).map(([child]) => child);
  return children.flatMap((child) => [child, ...descendants(child)]);
}

function parentOf(pid: number): number | undefined {
  try {
    return Number(/^PPid:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]);
  } catch {
    return undefined;
  }
}

const hasEnded = (pid: number): boolean => commandOf(pid) === '';

const COMPLETE = 'one two three four five six seven eight[DONE]';

describe.skipIf(process.platform !== 'linux')('npm start', () => {
  const nothingIsLeft = async ({ script, server, temporary }: Running): Promise<void> => {
    await expect.poll(() => [script, server].filter((pid) => !hasEnded(pid)), { timeout: 15_000 }).toEqual([]);
    expect(foldersIn(temporary)).toEqual([]);
  };

  it('Ctrl-C in the middle of an answer - it is finished, code 0, nothing is left', async () => {
    const running = await startAndAsk();
    process.kill(-(running.npm.pid as number), 'SIGINT');
    expect(await running.answer).toBe(COMPLETE);
    expect(await running.exit).toBe(0);
    await nothingIsLeft(running);
  });

  it.each(['SIGTERM', 'SIGKILL'] as const)(
    'npm alone gets %s - the answer is finished, nothing is left',
    async (signal) => {
      const running = await startAndAsk();
      running.npm.kill(signal);
      expect(await running.answer).toBe(COMPLETE);
      await nothingIsLeft(running);
    },
  );

  it('the script is killed - the answer is finished, nothing is left', async () => {
    const running = await startAndAsk();
    process.kill(running.script, 'SIGKILL');
    expect(await running.answer).toBe(COMPLETE);
    await nothingIsLeft(running);
  });
});
