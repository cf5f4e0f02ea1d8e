/** After every test the house is empty again, whatever the test did. */
import { afterAll, afterEach, beforeAll, expect, vi } from 'vitest';
import { type Clients, createClients } from './call-tools.js';
import { type SimulatedStack, type StackOptions, startSimulated } from './stack.js';

export interface House {
  readonly stack: SimulatedStack;
  readonly base: string;
  readonly clients: Clients;
}

/** A stack for the tests of one `describe`, with the official packages pointed at it. Read its members inside tests. */
export function useHouse(
  simulator: Parameters<typeof startSimulated>[0] = {},
  options: Omit<StackOptions, 'webSocketUrl'> = {},
  { keepsSessions = false }: { readonly keepsSessions?: boolean } = {},
): House {
  const house: { stack?: SimulatedStack; base?: string; clients?: Clients } = {};
  beforeAll(async () => {
    house.stack = await startSimulated(simulator, options);
    house.base = await house.stack.listen();
    house.clients = createClients(house.base);
  });
  afterAll(() => house.stack?.close());
  afterEach(async () => {
    const { stack } = house as House;
    await vi.waitFor(() => expect(stack.gateway.status()).toMatchObject({ inFlight: 0, requests: 0 }));
    await vi.waitFor(() =>
      expect(stack.simulator.stats).toMatchObject({ turnsActive: 0, ...(!keepsSessions && { sessionsOpen: 0 }) }),
    );
    expect(stack.simulator.stats.protocolErrors).toBe(0);
  });
  return house as House;
}
