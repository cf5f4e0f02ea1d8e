import { describe, expect, it } from 'vitest';
import { ConfigError, effectiveConfig, lingmaSource, loadConfig, planInstances } from '../index.js';

type Environment = Readonly<Record<string, string>>;

const load = (env: Environment) => loadConfig({ env });
const sourceOf = (env: Environment) => {
  const { config, origins } = load(env);
  return lingmaSource(config, origins);
};
const plansOf = (env: Environment) => {
  const { config, origins } = load(env);
  return planInstances(config, origins);
};
const warningsOf = (env: Environment) =>
  load(env)
    .warnings.map(({ message }) => message)
    .filter((message) => !message.includes('is an older name'));

const WS = { LINGMA_GATEWAY_WS_URL: 'ws://127.0.0.1:1/' };
const BIN = { LINGMA_BIN: '/opt/Lingma' };
const TWO = { LINGMA_ACCOUNTS: 'u1:p1,u2:p2' };

describe('lingmaSource()', () => {
  it.each<[Environment, string]>([
    [{}, 'discover'],
    [{ LINGMA_SOCKET_PORT: '0', LINGMA_GATEWAY_MODEL: 'auto', LINGMA_GATEWAY_TRANSPORT: 'pipe' }, 'discover'],
    [BIN, 'managed'],
    [TWO, 'managed'],
    [{ LINGMA_INSTANCE_COUNT: '2' }, 'managed'],
    [{ LINGMA_INSTANCE_COUNT: 'two' }, 'managed'],
    [{ LINGMA_SESSION_BUNDLE: 'H4sI' }, 'managed'],
    [{ LINGMA_SESSION_BUNDLE_FILE: '/b' }, 'managed'],
    [{ LINGMA_USERNAME: 'u', LINGMA_PASSWORD: 'p' }, 'managed'],
    [{ LINGMA_GATEWAY_PERSONAL_TOKEN: 't', LINGMA_GATEWAY_USER_ID: '7' }, 'managed'],
    [WS, 'attached'],
    [{ LINGMA_IPC_PIPE: '/p' }, 'attached'],
    [{ LINGMA_GATEWAY_SOCKET: '/s' }, 'attached'],
    [{ LINGMA_GATEWAY_INFO_FILE: '/i' }, 'attached'],
    [{ LINGMA_WORK_DIR: '/w' }, 'attached'],
    [{ LINGMA_SOCKET_PORT: '36510' }, 'attached'],
    [{ LINGMA_GATEWAY_INSTANCES: '[{"pipe":"/p"}]' }, 'attached'],
    [{ LINGMA_ACCOUNTS: '[{"url":"ws://127.0.0.1:1/"}]' }, 'attached'],
    [{ ...BIN, LINGMA_WORK_DIR: '/w', LINGMA_SOCKET_PORT: '36510' }, 'managed'],
    [{ ...BIN, LINGMA_GATEWAY_INSTANCES: '[{"pipe":"/p"}]' }, 'managed'],
    [{ ...TWO, ...WS }, 'attached'],
  ])('%j - %s', (env, expected) => {
    expect(sourceOf(env)).toBe(expected);
  });

  it.each(['LINGMA_GATEWAY_WS_URL', 'LINGMA_IPC_PIPE', 'LINGMA_GATEWAY_SOCKET', 'LINGMA_GATEWAY_INFO_FILE'])(
    'an executable and %s - refused, naming both',
    (name) => {
      const value = name.endsWith('URL') ? 'ws://127.0.0.1:1/' : '/x';
      expect(() => load({ ...BIN, [name]: value })).toThrow(ConfigError);
      const path = { LINGMA_IPC_PIPE: 'pipe', LINGMA_GATEWAY_SOCKET: 'socket', LINGMA_GATEWAY_INFO_FILE: 'infoFile' };
      const address = `lingma.${path[name as keyof typeof path] ?? 'wsUrl'}`;
      expect(() => load({ ...BIN, [name]: value })).toThrow(
        `lingma.bin (environment LINGMA_BIN): a Lingma to start was given, and with ${address} one`,
      );
    },
  );
});

describe('planInstances()', () => {
  it('nothing set - one Lingma to be looked for', () => {
    expect(plansOf({})).toEqual([{ name: 'inst-0', index: 0, weight: 1, kind: 'attached' }]);
    expect(plansOf(WS)).toEqual([{ name: 'inst-0', index: 0, weight: 1, kind: 'attached' }]);
  });

  it.each<[string, Environment, string, number | undefined]>([
    ['a folder and a port', { LINGMA_WORK_DIR: '/w', LINGMA_SOCKET_PORT: '4000' }, '/w', 4000],
    ['neither', {}, 'data/.lingma/vscode/sharedClientCache', 36510],
    ['no port', { LINGMA_SOCKET_PORT: '0' }, 'data/.lingma/vscode/sharedClientCache', undefined],
    [
      'a folder for data',
      { LINGMA_GATEWAY_DATA_DIR: '/app/data' },
      '/app/data/.lingma/vscode/sharedClientCache',
      36510,
    ],
    [
      'a folder of Windows',
      { LINGMA_GATEWAY_DATA_DIR: 'C:\\data' },
      'C:\\data\\.lingma\\vscode\\sharedClientCache',
      36510,
    ],
  ])('one process, %s', (_, env, workDir, port) => {
    expect(plansOf({ ...BIN, ...env })).toEqual([
      { name: 'inst-0', index: 0, weight: 1, kind: 'managed', workDir, ...(port && { wishedPort: port }) },
    ]);
  });

  it.each<[string, Environment, string, string]>([
    [
      'the folder of the Python gateway',
      { LINGMA_WORK_DIR: '/app/data/.lingma/vscode/sharedClientCache' },
      '/app/data/.lingma/pool',
      '/app/data/.lingma/vscode/sharedClientCache',
    ],
    [
      'the same with a slash',
      { LINGMA_WORK_DIR: '/d/vscode/sharedClientCache/' },
      '/d/pool',
      '/d/vscode/sharedClientCache/',
    ],
    ['another folder', { LINGMA_WORK_DIR: '/srv/lingma' }, '/srv/lingma/pool', '/srv/lingma'],
    ['a relative one', { LINGMA_WORK_DIR: 'vscode/sharedClientCache' }, 'pool', 'vscode/sharedClientCache'],
    [
      'one of Windows',
      { LINGMA_WORK_DIR: 'C:\\l\\vscode\\sharedClientCache' },
      'C:\\l\\pool',
      'C:\\l\\vscode\\sharedClientCache',
    ],
    [
      'one that only sounds like it',
      { LINGMA_WORK_DIR: '/my-vscode/sharedClientCache' },
      '/my-vscode/sharedClientCache/pool',
      '/my-vscode/sharedClientCache',
    ],
    ['none', {}, 'data/.lingma/pool', 'data/.lingma/vscode/sharedClientCache'],
    ['a folder for the pool', { LINGMA_WORK_DIR: '/w', LINGMA_GATEWAY_POOL_DIR: '/pool/' }, '/pool', '/w'],
  ])('several processes, %s - a folder each by its place, and any free port', (_, env, pool, plain) => {
    const sign = pool.includes('\\') ? '\\' : '/';
    expect(plansOf({ ...BIN, LINGMA_INSTANCE_COUNT: '2', LINGMA_SOCKET_PORT: '4000', ...env })).toEqual([
      { name: 'inst-0', index: 0, weight: 1, kind: 'managed', workDir: `${pool}${sign}inst-0`, loginFrom: plain },
      { name: 'inst-1', index: 1, weight: 1, kind: 'managed', workDir: `${pool}${sign}inst-1` },
    ]);
  });

  const users = (env: Environment) => plansOf(env).map(({ account }) => account?.username?.reveal());

  it.each<[string, Environment, (string | undefined)[], string | undefined]>([
    ['a process each', TWO, ['u1', 'u2'], undefined],
    [
      'more processes - again in order',
      { ...TWO, LINGMA_INSTANCE_COUNT: '5' },
      ['u1', 'u2', 'u1', 'u2', 'u1'],
      '5 instances share 2 account(s): they are used again in order',
    ],
    [
      'fewer - the first ones',
      { ...TWO, LINGMA_INSTANCE_COUNT: '1' },
      ['u1'],
      'only the first 1 of 2 accounts are used',
    ],
    [
      'a count that is no number',
      { ...TWO, LINGMA_INSTANCE_COUNT: 'not-a-number' },
      ['u1', 'u2'],
      'LINGMA_INSTANCE_COUNT is left out',
    ],
    [
      'the same without accounts',
      { LINGMA_INSTANCE_COUNT: 'not-a-number' },
      [undefined],
      'LINGMA_INSTANCE_COUNT is left out',
    ],
    ['processes without accounts', { LINGMA_INSTANCE_COUNT: '3' }, [undefined, undefined, undefined], undefined],
    ['the single settings', { LINGMA_USERNAME: 'u', LINGMA_PASSWORD: 'p' }, ['u'], undefined],
    [
      'the single settings beside a list',
      { ...TWO, LINGMA_USERNAME: 'u', LINGMA_PASSWORD: 'p' },
      ['u1', 'u2'],
      'lingma.username has no effect, because lingma.accounts is set',
    ],
    ['a user without password', { LINGMA_USERNAME: 'u' }, [undefined], 'not enough to sign in'],
  ])('accounts: %s', (_, env, expected, warning) => {
    expect(users(env)).toEqual(expected);
    const told = warningsOf(env).filter((message) => warning !== undefined && message.includes(warning));
    expect(told).toHaveLength(warning === undefined ? 0 : 1);
  });

  it('a bundle alone - is an account; its text wins over its file, with a warning', () => {
    const env = { LINGMA_SESSION_BUNDLE: 'H4sI', LINGMA_SESSION_BUNDLE_FILE: '/b' };
    expect(plansOf(env)[0]?.account?.sessionBundle?.reveal()).toBe('H4sI');
    expect(warningsOf(env)).toContain('lingma.sessionBundleFile has no effect, because lingma.sessionBundle is set');
    expect(plansOf({ LINGMA_SESSION_BUNDLE_FILE: '/b' })[0]?.account).toEqual({ sessionBundleFile: '/b' });
  });

  it('names, weights and folders of their own - once; a second process of the account has the usual ones', () => {
    const accounts = [{ username: 'u', password: 'p', name: 'blue', weight: 2, workDir: '/blue' }];
    const env = { LINGMA_ACCOUNTS: JSON.stringify(accounts), LINGMA_INSTANCE_COUNT: '2', LINGMA_WORK_DIR: '/w' };
    expect(plansOf(env)).toMatchObject([
      { name: 'blue', weight: 2, workDir: '/blue' },
      { name: 'inst-1', weight: 2, workDir: '/w/pool/inst-1' },
    ]);
    expect(plansOf(env)[0]).not.toHaveProperty('loginFrom');
    expect(Object.keys(plansOf(env)[0]?.account ?? {})).toEqual(['username', 'password']);
  });

  it('attached ones behind the processes, and one process still has the folder of one', () => {
    const accounts = [{ url: 'ws://127.0.0.1:2/' }, { username: 'u', password: 'p' }];
    const instances = [{ pipe: '/p', name: 'ide', weight: 0.5 }, { infoFile: '/i' }];
    const env = {
      LINGMA_ACCOUNTS: JSON.stringify(accounts),
      LINGMA_GATEWAY_INSTANCES: JSON.stringify(instances),
      LINGMA_WORK_DIR: '/w',
    };
    expect(plansOf(env)).toMatchObject([
      { name: 'inst-0', kind: 'managed', workDir: '/w' },
      { name: 'inst-1', kind: 'attached', address: { wsUrl: 'ws://127.0.0.1:2/' } },
      { name: 'ide', kind: 'attached', weight: 0.5, address: { pipe: '/p' } },
      { name: 'inst-3', kind: 'attached', address: { infoFile: '/i' } },
    ]);
  });

  it('an address beside attached instances - is one of them; accounts beside it have no effect, and that is told', () => {
    const env = { ...WS, ...TWO, LINGMA_GATEWAY_INSTANCES: '[{"pipe":"/p"}]' };
    expect(plansOf(env)).toEqual([
      { name: 'inst-0', index: 0, weight: 1, kind: 'attached' },
      { name: 'inst-1', index: 1, weight: 1, kind: 'attached', address: { pipe: '/p' } },
    ]);
    expect(warningsOf(env)).toEqual(['lingma.accounts has no effect, because lingma.wsUrl is set']);
  });

  it('accounts that are all somewhere else - no process is started for single settings, and those are told', () => {
    const env = {
      LINGMA_ACCOUNTS: '[{"url":"ws://127.0.0.1:1/"}]',
      LINGMA_USERNAME: 'u',
      LINGMA_PASSWORD: 'p',
      LINGMA_WORK_DIR: '/w',
      LINGMA_SOCKET_PORT: '1',
    };
    expect(plansOf(env)).toMatchObject([{ kind: 'attached', address: { wsUrl: 'ws://127.0.0.1:1/' } }]);
    expect(warningsOf(env)).toEqual(
      ['username', 'password', 'workDir', 'socketPort'].map(
        (key) => `lingma.${key} has no effect, because lingma.accounts is set`,
      ),
    );
  });

  it('processes beside a list of instances - keep folder and port to themselves', () => {
    const env = { ...BIN, LINGMA_WORK_DIR: '/w', LINGMA_GATEWAY_INSTANCES: '[{"pipe":"/p"}]' };
    expect(warningsOf(env)).toEqual([]);
    expect(plansOf(env)[0]).toMatchObject({ workDir: '/w', wishedPort: 36510 });
  });

  it.each([
    ['name', [{ name: 'a' }, { name: 'a' }]],
    ['name', [{ name: 'inst-1' }, {}]],
    ['folder', [{ workDir: '/a' }, { workDir: '/a' }]],
  ])('the same %s twice - refused', (what, members) => {
    const accounts = members.map((member) => ({ username: 'u', password: 'p', ...member }));
    expect(() => load({ LINGMA_ACCOUNTS: JSON.stringify(accounts) })).toThrow(
      `lingma.accounts (environment LINGMA_ACCOUNTS): instances 1 and 2 have the same ${what}`,
    );
  });

  it("Lingma's own tools - only where every instance is on this machine", () => {
    const run = { LINGMA_GATEWAY_NATIVE_TOOLS: 'run' };
    const at = (host: string) => ({ ...run, LINGMA_GATEWAY_INSTANCES: `[{"wsUrl":"ws://${host}:1/"}]` });
    const account = (host: string) => ({ ...run, LINGMA_ACCOUNTS: `[{"url":"ws://${host}:1/"}]` });
    for (const remote of [at('10.0.0.7'), account('10.0.0.7')])
      expect(() => load(remote)).toThrow('lingma.nativeTools');
    for (const local of [at('127.0.0.1'), account('[::1]'), { ...run, ...TWO }])
      expect(() => load(local)).not.toThrow();
  });
});

describe('settings that depend on what answers', () => {
  const notes = (env: Environment) =>
    Object.fromEntries(
      effectiveConfig(load(env)).flatMap(({ path, note }) => (note === undefined ? [] : [[path, note]])),
    );
  const A = { LINGMA_WORK_DIR: '/w', LINGMA_SOCKET_PORT: '4000' };

  it.each<[Environment, number, string, string]>([
    [A, 15_000, 'of a Lingma that runs already', 'of a Lingma that runs already'],
    [{ ...A, ...BIN }, 40_000, 'of the process that the gateway starts', 'that the process should have'],
    [{ ...A, ...BIN, ...TWO }, 40_000, 'the folders of the pool go by it', 'not used: each process takes a free port'],
    [
      { ...A, ...BIN, LINGMA_STARTUP_TIMEOUT: '7' },
      7000,
      'of the process that the gateway starts',
      'that the process should have',
    ],
  ])('%j - %s ms to start, and the configuration says what they mean', (env, ms, workDir, socketPort) => {
    expect(load(env).config.lingma.startupTimeoutMs).toBe(ms);
    expect(notes(env)).toMatchObject({ 'lingma.workDir': workDir, 'lingma.socketPort': socketPort });
  });
});

describe('an agent in the place of a Lingma', () => {
  it.each<[Environment, string]>([
    [{ LINGMA_GATEWAY_AGENT: 'qoderclicn' }, 'agent'],
    [{ LINGMA_GATEWAY_AGENT: 'Gemini-CLI' }, 'agent'],
    [{ LINGMA_GATEWAY_COMMAND: 'my-agent' }, 'agent'],
    [{ LINGMA_GATEWAY_COMMAND: 'my-agent', LINGMA_GATEWAY_TRANSPORT: 'stdio' }, 'agent'],
    [{ LINGMA_GATEWAY_AGENT: 'codex', LINGMA_GATEWAY_INSTANCES: '[{"pipe":"/p"}]' }, 'agent'],
    [{ LINGMA_GATEWAY_AGENT: 'codex', LINGMA_GATEWAY_WORK_DIR: '/w' }, 'agent'],
    [{ LINGMA_GATEWAY_AGENT_PROCESSES: '2' }, 'discover'],
  ])('%j - %s', (env, expected) => {
    expect(sourceOf(env)).toBe(expected);
  });

  it('a known one - its program, its login, and how to sign in', () => {
    expect(plansOf({ LINGMA_GATEWAY_AGENT: 'qoderclicn' })).toEqual([
      {
        ...{ name: 'inst-0', index: 0, weight: 1, kind: 'agent' },
        agent: {
          ...{ title: 'qoderclicn', command: 'qoderclicn', args: ['--acp'], package: '@qodercn-ai/qoderclicn' },
          ...{ stateDir: 'data/agents/qoderclicn', home: 'own', credentials: ['.qoder-cn/.auth'], framing: 'ndjson' },
          ...{ variables: {}, askingVariables: {}, processes: 1, signIn: 'Run `qoderclicn login` in a terminal' },
        },
      },
    ]);
  });

  it('any other - by its command, with what it is given', () => {
    const [plan, second] = plansOf({
      LINGMA_GATEWAY_COMMAND: '/opt/my agent/bin/agent',
      LINGMA_GATEWAY_ARGS: '["--speak", "acp now"]',
      LINGMA_GATEWAY_AGENT_ENV: '{"MY_API_KEY":"canary"}',
      LINGMA_GATEWAY_AGENT_HOME: 'user',
      LINGMA_GATEWAY_AGENT_PROCESSES: '4',
      LINGMA_GATEWAY_FRAMING: 'content-length',
      LINGMA_GATEWAY_CWD: '/work here',
      LINGMA_GATEWAY_DATA_DIR: '/var/gateway',
      LINGMA_INSTANCE_COUNT: '2',
    });
    expect(plan?.agent).toMatchObject({
      ...{ title: 'agent', command: '/opt/my agent/bin/agent', args: ['--speak', 'acp now'], cwd: '/work here' },
      ...{ stateDir: '/var/gateway/agents/agent', home: 'user', processes: 4, framing: 'content-length' },
    });
    expect(plan?.agent?.package).toBeUndefined();
    expect(plan?.agent?.variables.MY_API_KEY?.reveal()).toBe('canary');
    expect(second?.agent?.stateDir).toBe('/var/gateway/agents/agent-1');
  });

  it('its variables are shown to nobody', () => {
    const env = { LINGMA_GATEWAY_AGENT: 'codex', LINGMA_GATEWAY_AGENT_ENV: '{"MY_API_KEY":"canary"}' };
    expect(JSON.stringify(effectiveConfig(load(env)))).not.toContain('canary');
    expect(JSON.stringify(load(env).config)).not.toContain('canary');
    const broken = () => load({ ...env, LINGMA_GATEWAY_AGENT_ENV: '{"MY_API_KEY":"canary"' });
    expect(broken).toThrow('must be a JSON object of names and texts');
    expect(broken).not.toThrow('canary');
  });

  it('opencode is told to ask, which its modes do not make it do', () => {
    const [plan] = plansOf({ LINGMA_GATEWAY_AGENT: 'opencode' });
    expect(JSON.parse(plan?.agent?.askingVariables.OPENCODE_PERMISSION ?? '')).toMatchObject({
      '*': 'ask',
      bash: 'ask',
    });
  });

  it.each<[Environment, string]>([
    [{ LINGMA_GATEWAY_TRANSPORT: 'stdio' }, 'stdio was chosen, and no program to start'],
    [{ LINGMA_GATEWAY_AGENT: 'codex', ...WS }, 'an agent to start was given, and with lingma.wsUrl another way'],
    [{ LINGMA_GATEWAY_AGENT: 'codex', ...BIN }, 'an agent to start was given, and with lingma.bin another way'],
    [{ LINGMA_GATEWAY_COMMAND: 'x', LINGMA_GATEWAY_TRANSPORT: 'pipe' }, 'and with lingma.transport another way'],
    [{ LINGMA_GATEWAY_AGENT: 'cursor' }, 'lingma.agent'],
    [{ LINGMA_GATEWAY_AGENT: 'codex', LINGMA_GATEWAY_AGENT_PROCESSES: '5' }, 'lingma.agentProcesses'],
    [{ LINGMA_GATEWAY_AGENT: 'codex', LINGMA_GATEWAY_AGENT_ENV: '{"A=B":"c"}' }, 'must be a JSON object'],
  ])('%j - refused: %s', (env, message) => {
    expect(() => load(env)).toThrow(message);
  });
});
