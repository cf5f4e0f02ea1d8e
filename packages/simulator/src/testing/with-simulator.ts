import { afterEach } from 'vitest';
import type { Simulator, SimulatorOptions } from '../options.js';
import { createSimulator } from '../simulator.js';
import { RawClient, type RawClientOptions } from './raw-client.js';

const open: Simulator[] = [];

afterEach(async () => {
  await Promise.all(open.splice(0).map((simulator) => simulator.stop()));
});

/** A started simulator that is stopped after the test. */
export async function started(options: SimulatorOptions = {}): Promise<Simulator> {
  const simulator = createSimulator(options);
  open.push(simulator);
  await simulator.start();
  return simulator;
}

/** A simulator with one initialized client. */
export async function connected(
  options: SimulatorOptions = {},
  client: RawClientOptions = {},
): Promise<{ simulator: Simulator; client: RawClient }> {
  const simulator = await started(options);
  const raw = await RawClient.webSocket(simulator.address.webSocketUrl, client);
  await raw.initialize();
  return { simulator, client: raw };
}

/** Waits until something is so; for effects that no message tells of. */
export async function eventually(condition: () => boolean): Promise<void> {
  const deadline = performance.now() + 10_000;
  while (!condition()) {
    if (performance.now() > deadline) throw new Error('did not happen within 10 s');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
