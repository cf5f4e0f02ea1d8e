/** Call once in a suite: what Node complains about while it runs fails it. */
import { afterAll, beforeAll, expect } from 'vitest';

/** Process warnings (leaked listeners among them) and promises that nobody handles. */
export function expectQuietProcess(): void {
  const complaints: string[] = [];
  const onWarning = (warning: Error): void => void complaints.push(`${warning.name}: ${warning.message}`);
  const onRejection = (reason: unknown): void => void complaints.push(`unhandled rejection: ${String(reason)}`);
  beforeAll(() => {
    process.on('warning', onWarning);
    process.on('unhandledRejection', onRejection);
  });
  afterAll(async () => {
    // Both are told a moment after they happened.
    await new Promise((resolve) => setTimeout(resolve, 20));
    process.off('warning', onWarning);
    process.off('unhandledRejection', onRejection);
    // Of the runner, not of ours.
    expect(complaints.filter((text) => !text.startsWith('ExperimentalWarning'))).toEqual([]);
  });
}
