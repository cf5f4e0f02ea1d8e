/** `npm run soak` in small: it runs to its end, counts what it says, and finds what is wrong. */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { askOne, planRequest, seededRandom } from '../../packages/dev/soak/requests.mjs';

const MAIN = fileURLToPath(new URL('../../packages/dev/soak/main.mjs', import.meta.url));

function soak(
  ...args: string[]
): Promise<{ readonly code: unknown; readonly stdout: string; readonly stderr: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [MAIN, ...args], (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : error.code, stdout, stderr });
    });
  });
}

it.skipIf(process.platform === 'win32')(
  '60 requests, a Lingma killed on the way - a table, and nothing wrong',
  async () => {
    const { code, stdout, stderr } = await soak(
      '--count',
      '60',
      '--samples',
      '2',
      '--instances',
      '2',
      '--kill-every',
      '40',
    );
    expect(stderr.replace(/\d+ asked:.*\n/g, '')).toBe('');
    expect(code).toBe(0);
    const rows = stdout.split('\n').map((line) => line.split('|').map((cell) => cell.trim()));
    const [columns = [], , ...samples] = rows.slice(0, 5);
    const cells = (name: string) => samples.map((row) => row[columns.indexOf(name)]);
    expect(cells('requests')).toEqual(['0', '30', '60']);
    expect(cells('slots')).toEqual(['0', '0', '0']);
    expect(cells('unhandled rejections')).toEqual(['0', '0', '0']);
    expect(cells('Lingmas killed').at(-1)).toBe('1');
    const kinds = rows.slice(6).filter((row) => row.length > 3 && /^\d+$/.test(row[2] ?? ''));
    const counted = kinds.flatMap((row) => row.slice(2, 7).map(Number)).reduce((sum, count) => sum + count, 0);
    expect(counted).toBe(60);
  },
);

it('requests - are the same in every run of a seed', () => {
  const plans = (seed: number) => {
    const random = seededRandom(seed);
    return JSON.stringify(Array.from({ length: 50 }, (_, index) => planRequest(index, random)));
  };
  expect(plans(1)).toBe(plans(1));
  expect(plans(1)).not.toBe(plans(2));
});

it('a gateway that is not there - every answer is wrong', async () => {
  const plan = { ...planRequest(1, seededRandom(1)), leaveAfterMs: undefined };
  expect(await askOne('http://127.0.0.1:9', plan)).toBe('wrong: cut after 0');
});
