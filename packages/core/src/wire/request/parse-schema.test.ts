import { describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import type { GatewayError } from '../../chat/index.js';
import { joinPath, parseAt } from './parse-schema.js';

const schema = z.looseObject({
  model: z.string(),
  role: z.nullish(z.enum(['user', 'assistant'])),
  limit: z.nullish(z.int().check(z.gte(1), z.lte(9))),
  stop: z.nullish(z.union([z.string(), z.array(z.string())])),
  items: z.nullish(z.array(z.looseObject({ text: z.string().check(z.minLength(1)) })).check(z.minLength(1))),
});

function failure(value: unknown, path = ''): { message: string; param: string | undefined; code: string } {
  try {
    parseAt(schema, value, path);
  } catch (error) {
    const { message, param, code } = error as GatewayError;
    return { message, param, code };
  }
  throw new Error('It was accepted');
}

describe('parseAt()', () => {
  it('returns the value, unknown members included', () => {
    expect(parseAt(schema, { model: 'm', later: 1 }, '')).toEqual({ model: 'm', later: 1 });
  });

  it.each([
    [{}, 'model', "Missing required parameter: 'model'."],
    [{ model: 4 }, 'model', "Invalid value for 'model': expected a string, but got 4."],
    [{ model: null }, 'model', "Invalid value for 'model': expected a string, but got null."],
    [{ model: 'm', role: 'tool' }, 'role', "Invalid value for 'role': expected 'user' or 'assistant', but got 'tool'."],
    [{ model: 'm', limit: 1.5 }, 'limit', "Invalid value for 'limit': expected an integer, but got 1.5."],
    [{ model: 'm', limit: 0 }, 'limit', "Invalid value for 'limit': expected at least 1, but got 0."],
    [{ model: 'm', limit: 10 }, 'limit', "Invalid value for 'limit': expected at most 9, but got 10."],
    [{ model: 'm', stop: 7 }, 'stop', "Invalid value for 'stop': expected a string or an array, but got 7."],
    [{ model: 'm', stop: ['a', 7] }, 'stop[1]', "Invalid value for 'stop[1]': expected a string, but got 7."],
    [
      { model: 'm', items: [] },
      'items',
      "Invalid value for 'items': expected an array that is not empty, but got an empty array.",
    ],
    [
      { model: 'm', items: [{ text: 'a' }, { text: '' }] },
      'items[1].text',
      "Invalid value for 'items[1].text': expected a string that is not empty, but got an empty string.",
    ],
    [{ model: 'm', items: [{}] }, 'items[0].text', "Missing required parameter: 'items[0].text'."],
  ])('%j - names the field and says what it should be', (value, param, message) => {
    expect(failure(value)).toEqual({ code: 'invalid_request', param, message });
  });

  it('tells where a part of a request stands', () => {
    expect(failure({ model: 4 }, 'messages[2]').param).toBe('messages[2].model');
    expect(failure(undefined, 'response_format').message).toBe("Missing required parameter: 'response_format'.");
  });

  it('has no field to name when the body itself is wrong', () => {
    expect(failure([])).toEqual({
      code: 'invalid_request',
      param: undefined,
      message: 'Invalid request body: expected an object, but got an empty array.',
    });
    expect(failure('text').message).toBe("Invalid request body: expected an object, but got 'text'.");
  });

  it('does not repeat long values', () => {
    expect(failure({ model: 'm', items: 'x'.repeat(500) }).message).toBe(
      "Invalid value for 'items': expected an array, but got a string.",
    );
  });
});

describe('joinPath()', () => {
  it('writes indices in brackets', () => {
    expect(joinPath('', ['messages', 2, 'content', 0])).toBe('messages[2].content[0]');
    expect(joinPath('tools[1]', ['function', 'name'])).toBe('tools[1].function.name');
  });
});
