import { describe, expect, it } from 'vitest';
import type { ModelInfo } from './channel.js';
import { chooseModel, findModel } from './choose-model.js';

const model = (upstreamId: string, displayName = upstreamId, more: Partial<ModelInfo> = {}): ModelInfo => ({
  id: upstreamId,
  upstreamId,
  displayName,
  isDefault: false,
  supportsReasoning: false,
  supportsImages: false,
  ...more,
});

describe('chooseModel()', () => {
  const models = [
    model('auto', 'Auto'),
    model('kmodel', 'Kimi-K2.6', { isDefault: true }),
    model('Other', 'Auto'),
    model('vendor/slash', 'Slash'),
    model('slash', 'Not this one'),
  ];
  const cases: readonly (readonly [string | undefined, string | undefined, string, boolean])[] = [
    ['kmodel', undefined, 'kmodel', true],
    [' KMODEL ', undefined, 'kmodel', true],
    ['kimi-k2.6', undefined, 'kmodel', true],
    ['AUTO', undefined, 'auto', true],
    ['other', undefined, 'Other', true],
    ['Other[1m]', undefined, 'Other', true],
    ['lingma/kmodel', undefined, 'kmodel', true],
    ['default_llm/Kimi-K2.6:latest', undefined, 'kmodel', true],
    ['openai/other@2026-01-01', undefined, 'Other', true],
    ['vendor/slash', undefined, 'vendor/slash', true],
    ['lingma/unknown', undefined, 'kmodel', false],
    ['nothing', 'lingma/other:latest', 'Other', false],
    ['claude-sonnet-4[1m]', undefined, 'kmodel', false],
    ['claude-sonnet-4', undefined, 'kmodel', false],
    ['gpt-4o', 'other', 'Other', false],
    [undefined, 'unknown', 'kmodel', false],
    ['', undefined, 'kmodel', false],
  ];
  it.each(cases)('%s with default %s', (name, preferred, upstreamId, found) => {
    const isFallback = !found && name !== undefined && name !== '';
    expect(chooseModel(models, name, preferred)).toMatchObject({ model: { upstreamId }, upstreamId, isFallback });
  });

  it('default - the first when none is marked', () => {
    expect(chooseModel([model('a'), model('b')], 'x').upstreamId).toBe('a');
  });

  it.each<[string | undefined, string | undefined, string | undefined]>([
    ['qmodel', undefined, 'qmodel'],
    ['lingma/qmodel', 'other', 'qmodel'],
    ['gpt-4o', 'other', 'other'],
    ['claude-sonnet-5', undefined, undefined],
    ['', 'other', 'other'],
    [undefined, undefined, undefined],
  ])('nothing is listed - %j with default %j asks for %j', (name, preferred, upstreamId) => {
    expect(chooseModel([], name, preferred)).toEqual({
      ...(upstreamId !== undefined && { upstreamId }),
      isFallback: false,
    });
  });
});

describe('findModel()', () => {
  it('a name of its own - comes before what the upstream calls another', () => {
    const models = [
      model('fast', 'Fast'),
      model('big', 'Big', { id: 'Fast-2' }),
      model('fast-2', 'Small', { id: 'x' }),
    ];
    expect(findModel(models, 'FAST-2')?.upstreamId).toBe('big');
    expect(findModel(models, 'small')?.upstreamId).toBe('fast-2');
    expect(findModel(models, 'none')).toBeUndefined();
    expect(findModel(models)).toBeUndefined();
  });
});
