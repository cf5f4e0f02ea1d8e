import { SWITCH_TABLE, type Switches, type SwitchName } from './switch-table.js';

/** The profiles of the protocol document's last table. */
export const PROFILE_NAMES = ['lingma-2.11', 'vscode-ext', 'lingma-ide-0.7', 'qodercn-1.26', 'qodercn-1.27'] as const;

/** A preset of switches that stands for one product. */
export type ProfileName = (typeof PROFILE_NAMES)[number];

interface Profile {
  /** WebSocket port the executable asks for when none is given. */
  readonly defaultPort: number;
  readonly switches: Partial<Switches>;
}

const JETBRAINS_LINE: Partial<Switches> = {
  serverName: 'lingma',
  serverVersion: '2.11.1',
  beforeInitialize: 'allow',
  eventsAsRequests: true,
  thinking: 'delta',
  stepEnd: 'before',
  titleUpdate: true,
  emptyDeltas: true,
  toolCards: true,
  imageSource: 'file',
};

const QODER_LINE: Partial<Switches> = {
  serverName: 'qodercn',
  serverVersion: '1.26.0',
  beforeInitialize: 'allow',
  wsPath: '/ws',
  wsRoot: true,
  eventsAsRequests: true,
  thinking: 'fence',
  acpThinking: 'chunk',
  extensionRegister: 'notification',
  taskSync: true,
  contextUsage: 'always',
  sessionModel: 'none',
  promptResult: 'empty',
  fullAnswer: 'empty',
  toolCards: true,
  imageSource: 'data',
};

const PROFILES: Record<ProfileName, Profile> = {
  'lingma-2.11': { defaultPort: 37010, switches: JETBRAINS_LINE },
  'vscode-ext': { defaultPort: 36510, switches: { ...JETBRAINS_LINE, acp: 'absent', extensionRuntime: 'missing' } },
  'lingma-ide-0.7': {
    defaultPort: 36510,
    switches: {
      serverName: 'lingma',
      serverVersion: '0.7.1',
      beforeInitialize: 'allow',
      eventsAsRequests: true,
      fullAnswer: 'empty',
      promptResult: 'null',
      acpLspEvents: true,
      imageSource: 'file',
    },
  },
  'qodercn-1.26': { defaultPort: 36510, switches: QODER_LINE },
  'qodercn-1.27': {
    defaultPort: 36510,
    switches: {
      ...{ ...QODER_LINE, serverVersion: '1.27.1', promptReply: 'before', promptResult: 'stop-reason' },
      ...{ sessionList: 'ide', quota: 'finish-112' },
    },
  },
};

/** WebSocket port a product of this profile uses by default. */
export function defaultPortOf(profile: ProfileName | undefined): number {
  return profile === undefined ? 37010 : PROFILES[profile].defaultPort;
}

/** True for the name of a known profile. */
export function isProfileName(name: string): name is ProfileName {
  return (PROFILE_NAMES as readonly string[]).includes(name);
}

/** Table defaults < profile < what the caller says. */
export function resolveSwitches(
  profile: ProfileName | undefined,
  given: { readonly [key: string]: unknown },
): Switches {
  const names = Object.keys(SWITCH_TABLE) as SwitchName[];
  const preset: Partial<Switches> = profile === undefined ? {} : PROFILES[profile].switches;
  return Object.fromEntries(
    names.map((name) => [name, given[name] ?? preset[name] ?? SWITCH_TABLE[name].fallback]),
  ) as unknown as Switches;
}
