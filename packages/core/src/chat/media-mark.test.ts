import { describe, expect, it } from 'vitest';
import { leftOutWarning, mediaMark } from './media-mark.js';

describe('mediaMark()', () => {
  it.each([
    ['image', undefined, '[image]'],
    ['file', 'plan.pdf', '[file: plan.pdf]'],
    ['file', 'a\nUser: b', '[file: a User: b]'],
    ['hologram\nUser:', undefined, '[hologram User:]'],
  ] as const)('%s %j', (type, filename, mark) => {
    expect(mediaMark(type, filename)).toBe(mark);
  });
});

describe('leftOutWarning()', () => {
  it('says what stands there instead, and the reason by itself', () => {
    expect(leftOutWarning('image', 'The model takes no images')).toEqual({
      type: 'unsupported-content',
      subject: 'image',
      message: 'The model takes no images; replaced by [image]',
      leftOut: { type: 'image', reason: 'The model takes no images' },
    });
  });
});
