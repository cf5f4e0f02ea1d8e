/** What intervals go by: milliseconds that only ever grow, whatever somebody sets the clock to. */
import type { Clock } from '@lingma-gateway/core';

export const monotonicNow = (clock: Clock): number => clock.monotonic?.() ?? clock.now();
