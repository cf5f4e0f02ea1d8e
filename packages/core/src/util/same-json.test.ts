import { describe, expect, it } from 'vitest';
import { parseExactJson } from './json.js';
import { isSameJson } from './same-json.js';

const ALL = [
  '{}',
  '[]',
  'null',
  '0',
  '""',
  '{"a":1,"b":[1,{"c":null}]}',
  '{"b":[1,{"c":null}],"a":1}',
  '{"a":1,"b":[1,{"c":false}]}',
  '{"a":1}',
  '{"0":1}',
  '[1]',
  '[1,2]',
  '[9007199254740993]',
  '[9007199254740992]',
  '[9007199254740995]',
  '{"__proto__":{"a":1}}',
  '{"__proto__":{"a":2}}',
];

describe('isSameJson()', () => {
  it.each(ALL)('%s - the same as itself parsed again, and as no other', (text) => {
    const same = ALL.filter((other) => isSameJson(parseExactJson(text), parseExactJson(other)));
    expect(same).toEqual([text]);
  });
});
