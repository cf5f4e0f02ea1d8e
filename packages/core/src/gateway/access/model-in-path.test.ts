import { describe, expect, it } from 'vitest';
import type { JsonValue } from '../../util/index.js';
import { withModelOf } from './model-in-path.js';

describe('withModelOf', () => {
  const cases: readonly (readonly [string, JsonValue, JsonValue])[] = [
    ['/openai/deployments/qwen%203/chat/completions', { n: 1 }, { n: 1, model: 'qwen 3' }],
    ['//openai//deployments/auto/completions', { model: null }, { model: 'auto' }],
    ['/openai/deployments/auto/chat/completions', { model: 'own' }, { model: 'own' }],
    ['/openai/deployments/%zz/chat/completions', {}, { model: '%zz' }],
    ['/v1/chat/completions', {}, {}],
    ['/openai/deployments/auto', {}, {}],
    ['/openai/deployments/auto/chat/completions', ['no object'], ['no object']],
  ];
  it.each(cases)('%s with %j', (pathname, body, result) => {
    expect(withModelOf(pathname, body)).toEqual(result);
  });
});
