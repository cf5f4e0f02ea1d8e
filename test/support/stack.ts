/** The whole house for a test: client, channel, gateway and, when asked, a real `node:http` server in front. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  ConversationCache,
  type ConversationCacheOptions,
  createGateway,
  createLingmaChannel,
  type Gateway,
  type GatewayOptions,
  LingmaClient,
  type LingmaClientOptions,
} from '@lingma-gateway/core';
import { type NodeHandlerOptions, toNodeHandler } from '@lingma-gateway/node';
import { createSimulator, type Simulator, type SimulatorOptions } from '@lingma-gateway/simulator';

export interface StackOptions {
  /** Absent: the client finds its process by itself. */
  readonly webSocketUrl?: string;
  readonly client?: LingmaClientOptions;
  readonly channel?: Omit<Parameters<typeof createLingmaChannel>[0], 'client'>;
  /** Absent: each turn has a session of its own. */
  readonly conversations?: ConversationCacheOptions;
  readonly gateway?: Omit<GatewayOptions, 'channel'>;
  readonly node?: NodeHandlerOptions;
}

export interface Stack {
  readonly client: LingmaClient;
  readonly gateway: Gateway;
  readonly conversations: ConversationCache | undefined;
  /** Starts listening on the first call. `http://127.0.0.1:<port>` */
  listen(): Promise<string>;
  close(): Promise<void>;
}

export async function startStack(options: StackOptions): Promise<Stack> {
  const client = new LingmaClient({
    ...(options.webSocketUrl !== undefined && { address: options.webSocketUrl }),
    ...options.client,
  });
  const conversations =
    options.conversations &&
    new ConversationCache({ onDrop: ({ sessionId }) => client.discardSession(sessionId), ...options.conversations });
  const channel = createLingmaChannel({ client, ...(conversations && { conversations }), ...options.channel });
  const gateway = createGateway({ channel, ...options.gateway });
  let server: Server | undefined;
  return {
    client,
    gateway,
    conversations,
    async listen() {
      if (server === undefined) {
        server = createServer(toNodeHandler(gateway.fetch, options.node));
        await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
      }
      return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    },
    async close() {
      await gateway.close({ graceMs: 0 });
      server?.closeAllConnections();
      await new Promise<void>((resolve) => (server === undefined ? resolve() : server.close(() => resolve())));
      conversations?.close();
      await client.close();
    },
  };
}

export interface SimulatedStack extends Stack {
  readonly simulator: Simulator;
}

/** A stack on a simulator of its own; closed together. */
export async function startSimulated(
  simulatorOptions: SimulatorOptions = {},
  options: Omit<StackOptions, 'webSocketUrl'> = {},
): Promise<SimulatedStack> {
  const simulator = createSimulator(simulatorOptions);
  await simulator.start();
  const { webSocketUrl, workDir } = simulator.address;
  // The work folder is where a process that asks for a machine token keeps it.
  const client = { discovery: { explicit: { workDir } }, ...options.client };
  const stack = await startStack({ webSocketUrl, ...options, client });
  return {
    ...stack,
    simulator,
    async close() {
      await stack.close();
      await simulator.stop();
    },
  };
}

/** A user's text that scripts the simulator. */
export const sim = (directive: object): string => `@sim ${JSON.stringify(directive)}`;
