import { loadConfig } from '@lingma-gateway/core/config';
import { describe, expect, it } from 'vitest';
import { createLogger } from './logger.js';

const capture = () => {
  const lines: string[] = [];
  return { lines, stream: { write: (line: string) => lines.push(line) } };
};

describe('createLogger()', () => {
  it('writes one JSON object a line, with bound fields', () => {
    const { lines, stream } = capture();
    createLogger('info', { stream }).child({ requestId: 'req_1' }).info('request', { status: 200 });
    expect(JSON.parse(lines[0] as string)).toMatchObject({
      level: 'info',
      requestId: 'req_1',
      status: 200,
      message: 'request',
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
    });
  });

  it('hides keys and secrets, wherever they stand', () => {
    const { lines, stream } = capture();
    const [key] = loadConfig({ flags: { 'api-keys': 'sk-secret' } }).config.auth.clientKeys;
    createLogger('debug', { stream }).info('headers', {
      headers: { Authorization: 'Bearer sk-secret', 'x-api-key': 'sk-secret', accept: '*/*' },
      key,
      text: `${key}`,
      inputTokens: 5,
    });
    expect(lines[0]).not.toContain('sk-secret');
    expect(JSON.parse(lines[0] as string)).toMatchObject({ headers: { accept: '*/*' }, key: '***', inputTokens: 5 });
  });

  it('tells errors with their causes, stacks only when debugging', () => {
    const { lines, stream } = capture();
    const cause = new Error('outer', { cause: Object.assign(new Error('inner'), { code: 'ECONNREFUSED' }) });
    createLogger('warn', { stream }).warn('failed', { cause });
    createLogger('debug', { stream }).warn('failed', { cause });
    expect(JSON.parse(lines[0] as string).cause).toEqual({
      type: 'Error',
      message: 'outer',
      cause: { type: 'Error', message: 'inner', code: 'ECONNREFUSED' },
    });
    expect(JSON.parse(lines[1] as string).cause.stack).toContain('logger.test');
  });

  it('what another side said - is told by its length and code, unless contents are asked for', () => {
    const { lines, stream } = capture();
    const said = Object.assign(new Error('context of "the plan" is too long'), {
      code: -32603,
      [Symbol.for('lingma-gateway.outside-text')]: true,
    });
    for (const level of ['warn', 'debug'] as const) {
      createLogger(level, { stream }).warn('failed', { cause: new Error('outer', { cause: said }) });
    }
    for (const line of lines) {
      expect(line).not.toContain('the plan');
      expect(JSON.parse(line).cause.cause).toMatchObject({
        code: -32603,
        message: expect.stringMatching(/^\(33 char/),
      });
    }
    createLogger('warn', { stream, withContents: true }).warn('failed', { cause: said });
    expect(lines.at(-1)).toContain('the plan');
  });

  it.each([
    ['{"prompt": "the plan is secret", }', 'Not valid JSON'],
    ['the plan is secret', 'Not valid JSON'],
    ['{"a": "the plan is secret', 'Not valid JSON'],
    ['{"a": 1} the plan is secret', 'Not valid JSON'],
  ])('a body that is no JSON, %j - is not quoted, at any level', (body, told) => {
    let cause: unknown;
    try {
      JSON.parse(body);
    } catch (error) {
      cause = error;
    }
    for (const level of ['warn', 'debug'] as const) {
      const { lines, stream } = capture();
      createLogger(level, { stream }).warn('failed', { cause: new Error('outer', { cause }) });
      expect(lines[0]).toContain(told);
      expect(lines[0]).not.toMatch(/plan|secret/);
    }
  });

  it('texts, lists and depth - bounded', () => {
    const { lines, stream } = capture();
    let deep: unknown = 'x';
    for (let level = 0; level < 100_000; level++) deep = { deep };
    createLogger('info', { stream }).info('request', {
      model: 'm'.repeat(1e6),
      list: Array.from({ length: 1e5 }, () => 'item'),
      deep,
      cause: new Error('y'.repeat(1e6)),
    });
    expect(lines[0]?.length).toBeLessThan(6000);
    expect(lines[0]).toContain('(1000000 characters)');
  });

  it('below the level, and at silent - nothing', () => {
    const { lines, stream } = capture();
    createLogger('warn', { stream }).info('quiet');
    createLogger('silent', { stream }).error('quiet');
    expect(lines).toEqual([]);
  });
});
