import { describe, expect, it } from 'vitest';
import { parseMessage } from './message.js';

const parse = (message: unknown) => parseMessage(JSON.stringify(message));

describe('parseMessage()', () => {
  it('tells requests by their method, whatever the id', () => {
    for (const id of [0, 7, -1, '', 'init-1', '7']) {
      expect(parse({ jsonrpc: '2.0', id, method: 'm', params: { a: 1 } })).toEqual({
        kind: 'incoming',
        message: { method: 'm', params: { a: 1 }, id },
      });
    }
  });

  it('takes a method without an id, or with one that is none, as a notification', () => {
    for (const id of [undefined, null, true, {}]) {
      expect(parse({ id, method: 'm' })).toEqual({ kind: 'incoming', message: { method: 'm', params: {} } });
    }
  });

  it('makes params an object', () => {
    const paramsOf = (params: unknown) => {
      const parsed = parse({ method: 'm', params });
      return parsed.kind === 'incoming' ? parsed.message.params : undefined;
    };
    expect(paramsOf(undefined)).toEqual({});
    expect(paramsOf(null)).toEqual({});
    expect(paramsOf([])).toEqual({});
    expect(paramsOf('text')).toEqual({});
    expect(paramsOf([{ a: 1 }, { b: 2 }])).toEqual({});
    expect(paramsOf([{ a: 1 }])).toEqual({ a: 1 });
  });

  it('tells results and errors apart, also where both members are written', () => {
    expect(parse({ id: 1, result: { a: 1 }, error: null })).toEqual({ kind: 'result', id: 1, result: { a: 1 } });
    expect(parse({ id: 1, result: null })).toEqual({ kind: 'result', id: 1, result: null });
    expect(parse({ id: '1' })).toEqual({ kind: 'result', id: '1', result: null });
    expect(parse({ id: 1, result: null, error: { code: -32601, message: 'no' } })).toEqual({
      kind: 'error',
      id: 1,
      error: { code: -32601, message: 'no' },
    });
  });

  it('finds the text of an error wherever agents put it', () => {
    const textOf = (error: unknown) => {
      const parsed = parse({ id: 1, error });
      return parsed.kind === 'error' ? parsed.error.message : undefined;
    };
    expect(textOf('broken')).toBe('broken');
    expect(textOf({ code: 1, message: '', data: 'in data' })).toBe('in data');
    expect(textOf({ code: 1, data: { message: 'in data.message' } })).toBe('in data.message');
    expect(textOf({ code: 1, data: { details: 'in data.details' } })).toBe('in data.details');
    expect(textOf({})).toBe('The call failed');
    expect(parse({ id: 1, error: { code: '400', message: 'm', data: [1] } })).toEqual({
      kind: 'error',
      id: 1,
      error: { code: 400, message: 'm', data: [1] },
    });
  });

  it('drops what is no message', () => {
    for (const value of [
      null,
      1,
      'text',
      [],
      [{ method: 'm' }],
      {},
      { error: { code: 1 } },
      { id: null, result: 1 },
      { method: 5, id: 1 },
    ]) {
      expect(parse(value)).toMatchObject({ kind: 'dropped' });
    }
  });

  it('tells what is not JSON, and nothing of what it says', () => {
    for (const body of ['{"a":', 'x', '', '\ufeff{}', 'undefined']) {
      expect(parseMessage(body)).toEqual({ kind: 'malformed', length: body.length });
    }
  });
});

describe('an error', () => {
  it('with a word for its code, or members of its own - keeps them beside the data', () => {
    const errorOf = (error: object): unknown => {
      const parsed = parseMessage(JSON.stringify({ id: 1, error }));
      return parsed.kind === 'error' ? parsed.error : undefined;
    };
    expect(errorOf({ code: 'insufficient_quota', message: 'm' })).toEqual({
      code: 0,
      message: 'm',
      data: { code: 'insufficient_quota' },
    });
    expect(errorOf({ code: '429', message: 'm', retry_after_ms: 5, data: 'd' })).toEqual({
      code: 429,
      message: 'm',
      data: { retry_after_ms: 5, data: 'd' },
    });
    expect(errorOf({ code: 1, message: 'm', data: { a: 1 } })).toEqual({ code: 1, message: 'm', data: { a: 1 } });
  });
});

describe('depth', () => {
  const deep = (levels: number): string => `${'['.repeat(levels)}1${']'.repeat(levels)}`;

  it('a message nested without end - keeps what is not too deep', () => {
    const error = parseMessage(`{"id":7,"error":{"code":112,"message":"m","data":${deep(100_000)}}}`);
    expect(error).toMatchObject({ kind: 'error', id: 7, error: { code: 112, message: 'm' } });
    expect(() => JSON.stringify(error)).not.toThrow();
    const call = parseMessage(`{"method":"tool/invoke","id":1,"params":{"name":"n","parameters":${deep(100_000)}}}`);
    expect(call).toMatchObject({ kind: 'incoming', message: { id: 1, params: { name: 'n' } } });
    expect(() => JSON.stringify(call)).not.toThrow();
  });

  it('a message of 200 levels - is as it came', () => {
    const parsed = parseMessage(`{"id":7,"result":${deep(200)}}`);
    expect(JSON.stringify(parsed)).toContain(deep(200));
  });

  it('more values than a request may have - are read all the same: somebody waits for the message', () => {
    const data = `[${'0,'.repeat(600_000)}0]`;
    const parsed = parseMessage(`{"jsonrpc":"2.0","id":1,"error":{"code":-32603,"message":"x","data":${data}}}`);
    expect(parsed).toMatchObject({ kind: 'error', id: 1, error: { code: -32603, message: 'x' } });
  });
});
