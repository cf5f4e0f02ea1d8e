/** The bundled simulator, loaded only when it is wanted. */

export interface Demo {
  /** Its WebSocket. */
  readonly address: string;
  stop(): Promise<void>;
}

/** Starts a scripted Lingma on free ports of this machine, in a temporary folder that goes with it. */
export async function startDemo(): Promise<Demo> {
  const { createSimulator } = await import('@lingma-gateway/simulator');
  const simulator = createSimulator();
  await simulator.start();
  return { address: simulator.address.webSocketUrl, stop: () => simulator.stop() };
}
