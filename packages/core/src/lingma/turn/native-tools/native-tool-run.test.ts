import { describe, expect, it } from 'vitest';
import { FakeClock } from '../../dialect/testing/fake-peer.js';
import { auditFields, NativeToolRun } from './native-tool-run.js';
import type { NativeToolRunner } from './native-tool-runner.js';
import { FakeRunner, type LoggedLine, recordingLogger } from './testing/fake-runner.js';

const TURN = { cwd: '/home/me/project', shellType: 'zsh' };

function start<T extends NativeToolRunner>(runner: T) {
  const clock = new FakeClock();
  const lines: LoggedLine[] = [];
  const run = new NativeToolRun({ runner, ...TURN, logger: recordingLogger(lines), clock });
  return { run, runner, clock, lines };
}

describe('NativeToolRun', () => {
  it('the runner - is begun with the first call, once, and told where', async () => {
    const { run, runner, clock } = start(new FakeRunner());
    expect(runner.turns).toEqual([]);
    await run.invoke({ toolCallId: 'c1', name: 'read_file', parameters: { path: 'a' } });
    await run.invoke({ toolCallId: 'c2', name: 'list_dir' });
    expect(runner.turns).toEqual([{ ...TURN, clock }]);
    expect(runner.calls).toEqual([
      { toolCallId: 'c1', name: 'read_file', parameters: { path: 'a' } },
      { toolCallId: 'c2', name: 'list_dir', parameters: {} },
    ]);
  });

  it.each([
    ['{"path":"a.txt"}', { path: 'a.txt' }],
    ['[1]', {}],
    ['{', {}],
    [7, {}],
    [null, {}],
  ])('parameters %j - reach it as an object', async (parameters, expected) => {
    const { run, runner } = start(new FakeRunner());
    await run.invoke({ name: 'read_file', parameters });
    expect(runner.calls[0]?.parameters).toEqual(expected);
  });

  it('the result - has the call, the outcome and its time', async () => {
    const { run, runner, clock } = start(new FakeRunner());
    const startTime = clock.now();
    const answer = run.invoke({ toolCallId: 'c1', name: 'run_in_terminal', parameters: { command: 'make' } });
    expect(run.busy).toBe(true);
    await clock.advance(1500);
    runner.finish();
    expect(await answer).toEqual({
      ...{ toolCallId: 'c1', name: 'run_in_terminal', success: true, errorMessage: '' },
      ...{ result: { content: 'done\n' }, startTime, timeConsuming: 1500 },
    });
    expect(run.busy).toBe(false);
  });

  it('the log - one line a call, whatever becomes of it', async () => {
    const { run, lines } = start(new FakeRunner());
    await run.invoke({ sessionId: 's', toolCallId: 'c1', name: 'read_file', parameters: { path: 'a.txt' } });
    await run.invoke({ sessionId: 's', toolCallId: 'c2', name: 'apply_patch', parameters: {} });
    run.close();
    await run.invoke({ sessionId: 's', toolCallId: 'c3', name: 'read_file', parameters: { filePath: 'b' } });
    expect(lines).toEqual(
      [
        { tool: 'read_file', toolCallId: 'c1', sessionId: 's', path: 'a.txt', outcome: 'done', ms: 0 },
        { tool: 'apply_patch', toolCallId: 'c2', sessionId: 's', outcome: 'failed: not supported', ms: 0 },
        {
          ...{ tool: 'read_file', toolCallId: 'c3', sessionId: 's', path: 'b' },
          ...{ outcome: 'failed: The turn is over', ms: 0 },
        },
      ].map((fields) => ({ level: 'info', message: 'native tool', fields })),
    );
  });

  it('many at once - those beyond sixteen fail', async () => {
    const { run, runner } = start(new FakeRunner());
    const answers = Array.from({ length: 18 }, () => run.invoke({ name: 'run_in_terminal', parameters: {} }));
    runner.finish();
    const outcomes = await Promise.all(answers);
    expect(outcomes.filter(({ success }) => success)).toHaveLength(16);
    expect(outcomes[17]).toMatchObject({ success: false, errorMessage: 'Too many tools run at once' });
    expect(await run.invoke({ name: 'read_file' })).toMatchObject({ success: true });
  });

  it('a turn that is over - ends what works and begins nothing', async () => {
    const { run, runner } = start(new FakeRunner());
    const answer = run.invoke({ name: 'run_in_terminal' });
    run.close();
    expect(await answer).toMatchObject({ success: false, errorMessage: 'ended' });
    expect(await run.invoke({ name: 'read_file' })).toMatchObject({ success: false, errorMessage: 'The turn is over' });
    expect(runner.calls).toHaveLength(1);
    expect(runner.closed).toBe(1);
  });

  it('a turn that is over before any call - never begins', async () => {
    const { run, runner } = start(new FakeRunner());
    run.close();
    await run.invoke({ name: 'read_file' });
    expect([runner.turns, runner.closed]).toEqual([[], 0]);
  });

  it.each<[how: string, runner: NativeToolRunner]>([
    ['rejects', { begin: () => ({ run: () => Promise.reject(new Error('/secret/path')), close: () => undefined }) }],
    [
      'throws',
      {
        begin() {
          throw new Error('/secret/path');
        },
      },
    ],
  ])('a runner that %s - fails the call in plain words, and the log has the cause', async (_how, runner) => {
    const { run, lines } = start(runner);
    const answer = await run.invoke({ name: 'read_file' });
    expect(answer).toMatchObject({ success: false, errorMessage: 'The tool failed', result: {} });
    expect(lines.map(({ level }) => level)).toEqual(['error', 'info']);
    expect(run.busy).toBe(false);
  });
});

describe('auditFields()', () => {
  it('is bounded, and tells no secret of a command', () => {
    const command = `curl -H "Authorization: Bearer abcdefgh12345678" ${'#'.repeat(500)}`;
    const fields = auditFields({
      ...{ toolName: 't'.repeat(500), toolCallId: 'c'.repeat(500) },
      parameters: JSON.stringify({ file_path: 'x'.repeat(500), command }),
    });
    expect(fields).toMatchObject({ tool: 't'.repeat(100), toolCallId: 'c'.repeat(100), path: 'x'.repeat(200) });
    expect(fields.command).toHaveLength(200);
    expect(fields.command).not.toContain('abcdefgh');
  });
});
