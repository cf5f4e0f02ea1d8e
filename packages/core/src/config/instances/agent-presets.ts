/** Agents of the Agent Client Protocol that are known by name: how each is started, and where its login lies. */

export interface AgentPreset {
  readonly command: string;
  readonly args: readonly string[];
  /** The npm package that brings the command. */
  readonly package: string;
  /** Files or folders of the user's home that hold the login and nothing else. */
  readonly credentials: readonly string[];
  /** What makes it ask before it acts where its modes do not: the settings that its own documentation has for it. */
  readonly askingVariables?: Readonly<Record<string, string>>;
  /** How its user signs in, for the error that says that nobody has. */
  readonly signIn: string;
}

/** A name and the words that are understood for it. */
export const AGENT_NAMES = ['qoderclicn', 'qodercli', 'opencode', 'qwen-code', 'gemini', 'claude', 'codex'] as const;

/** Name of an agent that is known. */
export type AgentName = (typeof AGENT_NAMES)[number];

/** The agents that are known by name: what starts them, and how they sign in. */
export const AGENT_PRESETS: Readonly<Record<AgentName, AgentPreset>> = {
  qoderclicn: {
    command: 'qoderclicn',
    args: ['--acp'],
    package: '@qodercn-ai/qoderclicn',
    credentials: ['.qoder-cn/.auth'],
    signIn: 'Run `qoderclicn login` in a terminal',
  },
  qodercli: {
    command: 'qodercli',
    args: ['--acp'],
    package: '@qoder-ai/qodercli',
    credentials: ['.qoder/.auth'],
    signIn: 'Run `qodercli login` in a terminal',
  },
  opencode: {
    command: 'opencode',
    args: ['acp'],
    package: 'opencode-ai',
    credentials: ['.local/share/opencode/auth.json'],
    // Its mode `plan` forbids changes of files alone, and commands are allowed by default.
    askingVariables: {
      OPENCODE_PERMISSION: JSON.stringify({ '*': 'ask', bash: 'ask', edit: 'ask', webfetch: 'ask', task: 'ask' }),
    },
    signIn: 'Run `opencode auth login` in a terminal',
  },
  'qwen-code': {
    command: 'qwen',
    args: ['--acp'],
    package: '@qwen-code/qwen-code',
    credentials: ['.qwen/oauth_creds.json'],
    signIn: 'Run `qwen` in a terminal and sign in there, or give it a key with lingma.env',
  },
  gemini: {
    command: 'gemini',
    args: ['--acp'],
    package: '@google/gemini-cli',
    credentials: ['.gemini/oauth_creds.json', '.gemini/google_accounts.json'],
    signIn: 'Run `gemini` in a terminal and sign in there, or give it a key with lingma.env',
  },
  claude: {
    command: 'claude-agent-acp',
    args: [],
    package: '@agentclientprotocol/claude-agent-acp',
    credentials: ['.claude/.credentials.json'],
    signIn: 'Run `claude` in a terminal and sign in with /login, or give it a key with lingma.env',
  },
  codex: {
    command: 'codex-acp',
    args: [],
    package: '@agentclientprotocol/codex-acp',
    credentials: ['.codex/auth.json'],
    signIn: 'Run `codex login` in a terminal, or give it a key with lingma.env',
  },
};
