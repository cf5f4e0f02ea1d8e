import type { SwitchRow } from '../process/switch-table.js';

/**
 * How the program behaves towards whoever has started it: faults of a process, which `createSimulator` cannot have. Flags
 * like the switches of the simulator.
 */
export const PROGRAM_SWITCHES = {
  printEnv: { kind: 'boolean', fallback: false, doc: 'print the environment on stdout, NAME=value on a line each' },
  printBytes: { kind: 'integer', fallback: 0, doc: 'print so many bytes on stdout before listening' },
  exitAtOnce: { kind: 'integer', fallback: 0, doc: 'end at once with this exit code; 0 = do not' },
  upstream: {
    kind: 'integer',
    fallback: 0,
    doc: 'so many upstreams that speak OpenAI’s protocol, each told on stdout',
  },
  ignoreTerm: { kind: 'boolean', fallback: false, doc: 'go on after SIGTERM' },
  helper: {
    kind: 'boolean',
    fallback: false,
    doc: 'start a process of its own that goes on after SIGTERM; its pid is logged',
  },
} as const satisfies Readonly<Record<string, SwitchRow>>;

type ProgramTable = typeof PROGRAM_SWITCHES;

/** All of them with their values. */
export type ProgramSwitches = {
  readonly [Name in keyof ProgramTable]: ProgramTable[Name]['kind'] extends 'boolean' ? boolean : number;
};

export const DEFAULT_PROGRAM_SWITCHES = Object.fromEntries(
  Object.entries(PROGRAM_SWITCHES).map(([name, { fallback }]) => [name, fallback]),
) as unknown as ProgramSwitches;
