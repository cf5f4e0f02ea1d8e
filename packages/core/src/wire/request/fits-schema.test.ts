import { describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import { type JsonValue, toNumber } from '../../util/index.js';
import { FIELD_SECTIONS as MESSAGES } from '../anthropic-messages/request-schema.js';
import { FIELD_SECTIONS as CHAT } from '../openai-chat/request-schema.js';
import { FIELD_SECTIONS as RESPONSES } from '../openai-responses/request/field-sections.js';
import type { ProtocolName } from '../protocol.js';
import { changedBodies, FULL_BODIES } from '../testing/full-bodies.js';
import { fitsSchema } from './fits-schema.js';
import { anyObject, listOf } from './list-schema.js';

const SECTIONS = [...CHAT, ...RESPONSES, ...MESSAGES];
const PROTOCOLS = Object.keys(FULL_BODIES) as ProtocolName[];

/** All would be some ten million. Prime, so that every schema sees every kind of object. */
const SAMPLED = 997;

/** Every object in a body: most schemas see one that was meant for another. */
function* objectsIn(value: unknown): Generator<object> {
  if (typeof value !== 'object' || value === null) return;
  if (!Array.isArray(value)) yield value;
  for (const member of Object.values(value)) yield* objectsIn(member);
}

describe('fitsSchema()', () => {
  it.each(PROTOCOLS)('%s, every value of it odd - what fits is what zod makes of it', (protocol) => {
    let fitting = 0;
    let compared = 0;
    for (const { body } of changedBodies(FULL_BODIES[protocol])) {
      for (const value of objectsIn(body)) {
        for (const { schema } of SECTIONS) {
          if (++compared % SAMPLED !== 0 || !fitsSchema(schema, value)) continue;
          fitting++;
          const parsed = schema.safeParse(value);
          expect(parsed.success && parsed.data).toEqual(value);
        }
      }
    }
    expect(fitting).toBeGreaterThan(100);
  });

  it.each(PROTOCOLS)('%s, as clients send it - fits', (protocol) => {
    const schema = { 'openai-chat': CHAT, 'openai-responses': RESPONSES, 'anthropic-messages': MESSAGES }[protocol][0];
    expect(schema && fitsSchema(schema.schema, FULL_BODIES[protocol])).toBe(true);
  });

  const many = Object.fromEntries(Array.from({ length: 1001 }, (_, index) => [`k${index}`, 1]));
  const schema = z.looseObject({
    word: z.string().check(z.minLength(1)),
    count: z.nullish(z.int()),
    share: z.optional(z.number().check(z.lte(1))),
    kind: z.optional(z.enum(['a', 'b'])),
    list: z.nullish(listOf(z.union([z.literal('x'), anyObject]), { min: 1, max: 2 })),
    any: z.unknown(),
  });
  const whole = { word: 'w', any: 1 };
  it.each<[string, unknown, boolean]>([
    ['all that must be there', whole, true],
    ['what the schema does not name', { ...whole, more: 1 }, true],
    ['nothing where that is allowed', { ...whole, count: null, share: undefined }, true],
    ['a list within its bounds', { ...whole, list: ['x', {}] }, true],
    ['too short a list', { ...whole, list: [] }, false],
    ['too long a list', { ...whole, list: ['x', 'x', 'x'] }, false],
    ['a wrong element', { ...whole, list: ['y'] }, false],
    ['a member that is missing', { word: 'w' }, false],
    ['an empty text', { ...whole, word: '' }, false],
    ['a fraction in place of a count', { ...whole, count: 1.5 }, false],
    ['a number above its bound', { ...whole, share: 2 }, false],
    ['no number', { ...whole, share: Number.NaN }, false],
    ['a number with more digits than a double has', { ...whole, count: toNumber('1e400') }, false],
    ['another word', { ...whole, kind: 'c' }, false],
    ['a list in place of an object', [whole], false],
    ['more members than any object of a request has', { ...whole, ...many }, false],
    ['a member that would become a prototype', JSON.parse('{"word":"w","any":1,"__proto__":{}}') as JsonValue, false],
  ])('%s', (_, value, fits) => {
    expect(fitsSchema(schema, value)).toBe(fits);
  });

  it('a schema of a kind that is not known here - is left for zod', () => {
    expect(fitsSchema(z.object({ a: z.string() }), { a: 'x' })).toBe(false);
    expect(fitsSchema(z.looseObject({ a: z.record(z.string(), z.string()) }), { a: {} })).toBe(false);
  });
});
