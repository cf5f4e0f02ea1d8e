/** What an agent that is started for its standard streams is made of, with the defaults. */
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import {
  CLOCK_RULE,
  type Clock,
  LOGGER_RULE,
  type Logger,
  listOf,
  type OptionRules,
  silentLogger,
  systemClock,
} from '../../../util/index.js';
import type { FramingName } from '../../transport/transport.js';

/** What an {@link AgentProcess} is started with. */
export interface AgentProcessOptions {
  /** For the log. */
  readonly name: string;
  /** A program's name, found beside {@link AgentProcessOptions.package} or on the `PATH`, or the path to one. */
  readonly command: string;
  readonly args?: readonly string[];
  /** The npm package that brings it; looked for in `node_modules` from the current folder up. */
  readonly package?: string;
  /** Its home and its working folder lie in it; made when it is not there. */
  readonly stateDir: string;
  /** Folder that it works in. Default: an empty one of its own. */
  readonly cwd?: string;
  /** Default `own`: it has a home in {@link AgentProcessOptions.stateDir}, and nothing of the user's settings. */
  readonly home?: 'own' | 'user';
  /** What of the user's home it needs for their login: files or folders, relative to it. Only for a home of its own. */
  readonly credentials?: readonly string[];
  /** What its environment is made of, usually `process.env`: without what holds secrets. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Variables that hold secrets beyond those whose names say so. */
  readonly secretVariables?: readonly string[];
  /** Variables that are meant for it, whatever they are called. */
  readonly variables?: Readonly<Record<string, string>>;
  /** Default `ndjson`. */
  readonly framing?: FramingName;
  readonly clock?: Clock;
  readonly logger?: Logger;
}

export const AGENT_RULES: OptionRules<AgentProcessOptions> = {
  name: 'string',
  command: 'text',
  args: listOf('string'),
  package: 'text',
  stateDir: 'text',
  cwd: 'text',
  home: ['own', 'user'],
  credentials: listOf('string'),
  env: 'object',
  secretVariables: listOf('string'),
  variables: 'object',
  framing: ['content-length', 'ndjson'],
  clock: CLOCK_RULE,
  logger: LOGGER_RULE,
};

export type AgentProcessSettings = Required<Omit<AgentProcessOptions, 'package' | 'cwd'>> &
  Pick<AgentProcessOptions, 'package' | 'cwd'> & {
    readonly userHome: string;
    /** Where it works. */
    readonly work: string;
  };

export function resolveAgent(options: AgentProcessOptions): AgentProcessSettings {
  const { clock = systemClock, logger = silentLogger, env } = options;
  const stateDir = resolve(options.stateDir);
  return {
    ...{ args: [], home: 'own', credentials: [], secretVariables: [], variables: {}, framing: 'ndjson' },
    ...options,
    ...{ clock, logger: logger.child({ agent: options.name }), stateDir },
    work: options.cwd ?? join(stateDir, `work-${process.pid}`),
    userHome: (process.platform === 'win32' ? env.USERPROFILE : env.HOME) ?? homedir(),
  };
}
