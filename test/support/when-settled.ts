/** What has begun to grow and has stopped, as back-pressure makes it. */
import { expect, vi } from 'vitest';

export async function whenSettled(count: () => number): Promise<void> {
  let settled = -1;
  await vi.waitFor(
    () => {
      const before = settled;
      settled = count();
      expect(before).toBe(settled);
      expect(settled).toBeGreaterThan(1);
    },
    { interval: 300, timeout: 20_000 },
  );
}
