import { describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import type { GatewayError } from '../../chat/index.js';
import { describeFields, field, requestObject, supported } from './field-support.js';
import { listOf } from './list-schema.js';
import { RequestWarnings } from './request-warnings.js';
import { checkFields } from './unknown-fields.js';

const shared = z.nullish(z.string());
const schema = requestObject({
  model: supported(shared),
  seed: field(shared, { support: 'ignored', note: 'No seeds here' }),
  n: field(z.nullish(z.int()), { support: 'refused', note: 'one answer a request', harmless: [1] }),
  user: field(shared, { support: 'accepted' }),
  options: supported(z.nullish(requestObject({ deep: field(shared, { support: 'emulated', note: 'Deep' }) }))),
  list: supported(z.nullish(listOf(requestObject({ name: supported(shared) })))),
});

function check(value: object, path = ''): RequestWarnings['list'] {
  const warnings = new RequestWarnings();
  checkFields(value, schema, path, warnings);
  return warnings.list;
}

describe('checkFields()', () => {
  it('says nothing of known, accepted and absent fields', () => {
    expect(check({ model: 'm', user: 'me', seed: null, n: null, options: { deep: 'x', other: 1 } })).toEqual([]);
  });

  it('warns of unknown fields with their path', () => {
    expect(check({ modle: 'm' }, 'messages[3]')).toEqual([
      { type: 'unknown-field', subject: 'messages[3].modle', message: 'Unknown field, ignored' },
    ]);
    expect(check({ toString: 1 })).toHaveLength(1);
  });

  it('warns of ignored fields that ask for something', () => {
    expect(check({ seed: '7' })).toEqual([{ type: 'unsupported-setting', subject: 'seed', message: 'No seeds here' }]);
    expect(check({ seed: '' })).toEqual([]);
  });

  it('refuses, but not what is harmless', () => {
    expect(check({ n: 1 })).toEqual([]);
    expect(() => check({ n: 2 })).toThrow(
      expect.objectContaining({
        code: 'unsupported_feature',
        param: 'n',
        message: "'n' is not supported: one answer a request",
      }) as GatewayError,
    );
  });
});

describe('RequestWarnings', () => {
  it('.add() - tells the same finding once, at its first place', () => {
    const warnings = new RequestWarnings();
    for (let index = 0; index < 9; index++) warnings.add('unknown-field', `messages[${index}].x`, 'Unknown');
    warnings.add('unknown-field', 'messages[0].y', 'Unknown');
    expect(warnings.list.map(({ subject }) => subject)).toEqual(['messages[0].x', 'messages[0].y']);
  });

  it('.add() - stays short for a body that is made of surprises', () => {
    const warnings = new RequestWarnings();
    for (let index = 0; index < 500; index++) warnings.add('unknown-field', `field${index}`, 'Unknown');
    expect(warnings.list).toHaveLength(50);
  });
});

describe('describeFields()', () => {
  it('a field that does not say how far it is served - is an error of the compiler, and of the documentation', () => {
    // @ts-expect-error: `supported(…)` or `field(…)` is missing.
    const unsaid = requestObject({ model: shared });
    expect(() => describeFields(unsaid)).toThrow('The request field model does not say');
  });

  it('lists every field, nested ones under their path', () => {
    expect(describeFields(schema)).toEqual([
      { field: 'model', support: 'supported' },
      { field: 'seed', support: 'ignored', note: 'No seeds here' },
      { field: 'n', support: 'refused', note: 'one answer a request' },
      { field: 'user', support: 'accepted' },
      { field: 'options', support: 'supported' },
      { field: 'options.deep', support: 'emulated', note: 'Deep' },
      { field: 'list', support: 'supported' },
      { field: 'list[].name', support: 'supported' },
    ]);
  });
});

describe('RequestWarnings', () => {
  it('keeps fifty, and of each no more than a line', () => {
    const many = Object.fromEntries(Array.from({ length: 500 }, (_, index) => [`${index}${'x'.repeat(1000)}`, 1]));
    const warnings = check(many);
    expect(warnings).toHaveLength(50);
    expect(Math.max(...warnings.map(({ subject }) => subject.length))).toBeLessThanOrEqual(301);
  });
});
