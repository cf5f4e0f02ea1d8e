import { describe, expect, it } from 'vitest';
import { messagesIn } from './messages.js';

/** Every text with its path; functions called with their own parameter's places. */
function textsOf(value: unknown, path = ''): [path: string, text: string][] {
  if (typeof value === 'string') return [[path, value]];
  if (typeof value === 'function') return [[path, String((value as (...words: string[]) => unknown)('1', '2', '3'))]];
  if (Array.isArray(value)) return value.flatMap((item, index) => textsOf(item, `${path}.${index}`));
  return Object.entries(value as object).flatMap(([key, member]) =>
    textsOf(member, path === '' ? key : `${path}.${key}`),
  );
}

const english = new Map(textsOf(messagesIn('en')));
const chinese = new Map(textsOf(messagesIn('zh-CN')));

describe('messages in Chinese', () => {
  it('every text of the English ones, and no other', () => {
    expect([...chinese.keys()]).toEqual([...english.keys()]);
  });

  it('are Chinese, but for names and marks', () => {
    const untranslated = [...chinese]
      .filter(([path, text]) => !/\p{Script=Han}/u.test(text) && english.get(path) === text)
      .map(([path]) => path);
    expect(untranslated).toEqual(['doctor.marks.skipped', 'doctor.webSocket', 'errors.describe']);
  });

  it('name the same flags, variables, commands and values', () => {
    const marks = (text = ''): string[] =>
      [...new Set(text.match(/--[a-z][a-z-]*|LINGMA_[A-Z_]+|lingma-gateway(?: [a-z]+)?|https?:\S+|\b[123]\b/g))].sort();
    const different = [...english].filter(([path, text]) => marks(text).join() !== marks(chinese.get(path)).join());
    expect(different.map(([path]) => path)).toEqual([]);
  });

  it("errors - what is known of them, then the error's own words", () => {
    const { describe: describeIn } = messagesIn('zh-CN').errors;
    expect(describeIn('quota_exceeded', 'used up')).toBe('账号额度已用尽（used up）');
    expect(describeIn('toString', 'odd')).toBe('odd');
  });
});
