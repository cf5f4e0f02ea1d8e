import { describe, expect, it } from 'vitest';
import type { ResponseStart } from './event.js';
import { withWarnings } from './with-warnings.js';

describe('withWarnings()', () => {
  it('a size that is counted when it is read - is not counted by the copy, and still told by it', () => {
    let counted = 0;
    const start: ResponseStart = {
      type: 'response-start',
      responseId: 'r',
      model: 'm',
      createdAt: 1,
      get inputTokens() {
        counted++;
        return 7;
      },
      warnings: [],
    };
    const warning = { type: 'unknown-field', subject: 'seed', message: 'ignored' } as const;
    const copy = withWarnings(start, [warning]);
    expect(counted).toBe(0);
    expect(copy).toEqual({ ...start, inputTokens: 7, warnings: [warning] });
    expect(start.warnings).toEqual([]);
  });
});
