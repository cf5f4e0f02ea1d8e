import { describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import type { ProtocolName } from '../protocol.js';
import { protocols } from '../protocols.js';
import { anyObject, listOf, MAX_TOOLS } from './list-schema.js';
import { parseAt } from './parse-schema.js';

const NAMES = Object.keys(protocols) as ProtocolName[];

/** An element that nobody may look at. */
const untouchable = new Proxy(
  {},
  {
    get() {
      throw new Error('looked at');
    },
    ownKeys() {
      throw new Error('looked at');
    },
  },
);

const fault = (schema: z.ZodMiniType, value: unknown) => {
  try {
    parseAt(schema, value, 'list');
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : error;
  }
};

describe('listOf()', () => {
  const words = listOf(z.looseObject({ word: z.string() }), { min: 1, max: 3 });

  it('ends with the first wrong element', () => {
    expect(fault(words, [{ word: 'a' }, { word: 5 }, untouchable])).toBe(
      "Invalid value for 'list[1].word': expected a string, but got 5.",
    );
  });

  it('looks at none of a list that is too long', () => {
    expect(fault(words, [untouchable, untouchable, untouchable, untouchable])).toBe(
      "Invalid value for 'list': expected at most 3 elements, but got an array.",
    );
  });

  it.each([
    [[], "Invalid value for 'list': expected an array that is not empty, but got an empty array."],
    [{}, "Invalid value for 'list': expected an array, but got an object."],
    [undefined, "Missing required parameter: 'list'."],
  ])('says what is wrong of %j', (value, message) => {
    expect(fault(words, value)).toBe(message);
  });

  it('says the place inside a union, too', () => {
    const schema = z.looseObject({ content: z.nullish(z.union([z.string(), listOf(anyObject)])) });
    expect(fault(schema, { content: [{}, 5] })).toBe(
      "Invalid value for 'list.content[1]': expected an object, but got 5.",
    );
  });

  it('hands on what it read', () => {
    const element = { word: 'a' };
    expect(parseAt(words, [element], '')).toEqual([element]);
    expect(parseAt(listOf(anyObject), [element], '')[0]).toBe(element);
  });
});

describe('a body that is too large in number - is refused as a whole', () => {
  const user = { role: 'user', content: 'x' };

  it.each(NAMES)('%s', (route) => {
    const refused = (body: object): unknown => {
      try {
        protocols[route].parseRequest(body);
        return undefined;
      } catch (error) {
        return error;
      }
    };
    const member = route === 'openai-responses' ? 'input' : 'messages';
    const name = (index: number) => ({ name: `f${index}`, input_schema: {} });
    const tools = Array.from({ length: MAX_TOOLS + 1 }, (_, index) => name(index));
    expect(refused({ [member]: [user], tools: tools.slice(1) })).toBeUndefined();
    expect(refused({ [member]: [user], tools })).toMatchObject({ code: 'invalid_request', param: 'tools' });
    expect(refused({ [member]: Array.from({ length: 100_001 }, () => user) })).toMatchObject({ param: member });
    const many = Object.fromEntries(Array.from({ length: 1001 }, (_, index) => [`k${index}`, 1]));
    expect(refused({ [member]: [user], ...many })).toMatchObject({ code: 'invalid_request' });
    expect(refused({ [member]: [{ ...user, ...many }] })).toMatchObject({ code: 'invalid_request' });
    // A tool's input and its schema are the caller's own.
    const history = { role: 'assistant', content: [{ type: 'tool_use', id: 'c', name: 'f', input: many }] };
    const schema = { type: 'object', properties: many };
    expect(refused({ [member]: [user, history], tools: [{ name: 'f', input_schema: schema }] })).toBeUndefined();
  });
});
