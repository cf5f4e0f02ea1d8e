/** Instances of a pool: over a process that others started, or over one of our own, a Lingma or an agent. */
import {
  AgentProcess,
  type AgentProcessOptions,
  LingmaClient,
  type LingmaClientOptions,
  type LoginPort,
  ManagedProcess,
  type ManagedProcessOptions,
  Supervisor,
} from '../../lingma/index.js';
import { type InstanceParts, LingmaInstance } from './instance.js';
import type { InstanceFactory, InstancePlace } from './instance-port.js';

/** A process of our own: its work folder, its program and the like. The pool gives it its name. */
export type InstanceProcess = Omit<ManagedProcessOptions, 'name' | 'clock' | 'logger'>;

/** An agent of our own, started for its standard streams. The pool gives it its log and its clock. */
export type InstanceAgent = Omit<AgentProcessOptions, 'clock' | 'logger'>;

export interface InstanceLogin {
  readonly port: LoginPort;
  /** What the port logs in with. Absent: it is logged in where somebody asks for it. */
  readonly credentials?: unknown;
}

/** It is found or reached by these options, and never started, stopped or killed. */
export function attachedInstance(
  options: LingmaClientOptions,
  login?: InstanceLogin,
  workDir?: string,
): InstanceFactory {
  const folder = workDir === undefined ? {} : { workDir };
  return (place) =>
    toInstance(place, false, () => {
      const client = new LingmaClient(namedIn(options, place));
      const supervisor = new Supervisor({ client, loginProcess: () => folder, ...supervision(place, login) });
      return { client, supervisor, ...folder };
    });
}

/** Started, watched, healed and ended by us; the client reaches it by its connector, whatever address the options name. */
export function managedInstance(
  options: LingmaClientOptions,
  own: InstanceProcess,
  login?: InstanceLogin,
): InstanceFactory {
  return (place) => {
    const { name, clock, logger } = place;
    return toInstance(place, true, () => {
      const process = new ManagedProcess({ ...own, name, clock, logger });
      const client = new LingmaClient({ ...namedIn(options, place), connector: process.connector });
      const startupMs = own.startupMs === undefined ? {} : { startupMs: own.startupMs };
      const { workDir, session } = process;
      const supervisor = new Supervisor({
        ...{ client, process, ...startupMs, ...supervision(place, login) },
        loginProcess: () => {
          const httpPort = process.status().ports?.httpPort;
          return { workDir, fromBundle: session.fromBundle, ...(httpPort !== undefined && { httpPort }) };
        },
        useEndpoint: (endpoint) => process.useEndpoint(endpoint),
      });
      return { client, process, supervisor, workDir, session };
    });
  };
}

/** As {@link managedInstance}; each connection of its client is a process, and it works where the agent does. */
export function agentInstance(options: LingmaClientOptions, own: InstanceAgent): InstanceFactory {
  return (place) => {
    const { name, clock, logger } = place;
    return toInstance(place, true, () => {
      const process = new AgentProcess({ ...own, clock, logger: logger.child({ instance: name }) });
      const client = new LingmaClient({ ...namedIn(options, place), connector: process.connector, cwd: process.cwd });
      const startupMs = options.deadlines?.connectMs;
      return {
        client,
        process,
        supervisor: new Supervisor({
          ...{ client, process, ...supervision(place, undefined) },
          ...(startupMs !== undefined && { startupMs }),
        }),
      };
    });
  };
}

/** Lines of several clients are told apart by their instances. */
const namedIn = (options: LingmaClientOptions, { name, logger }: InstancePlace): LingmaClientOptions => ({
  ...options,
  logger: (options.logger ?? logger).child({ instance: name }),
});

function toInstance(
  { name, logger, clock, after }: InstancePlace,
  managed: boolean,
  open: () => InstanceParts,
): LingmaInstance {
  const onListenerFailure = (error: unknown): void =>
    logger.error('Listener of the Lingma instance failed', { instance: name, error });
  return new LingmaInstance({
    managed,
    open,
    clock,
    onListenerFailure,
    ...(managed && after !== undefined && { after }),
  });
}

const supervision = ({ name, clock, logger }: InstancePlace, login: InstanceLogin | undefined) => ({
  ...{ name, clock, logger: logger.child({ instance: name }) },
  ...(login !== undefined && { login: login.port }),
  ...(login?.credentials !== undefined && { account: login.credentials }),
});
