/** A busy machine is slow, not wrong: `vi.waitFor` waits ten seconds where a test says nothing else, not one. */
import { vi } from 'vitest';

const { waitFor } = vi;
vi.waitFor = (callback, options = 10_000) => waitFor(callback, options);
