import { describe, expect, it } from 'vitest';
import { ConfigError, type ConfigSources, effectiveConfig, loadConfig } from './index.js';

const problemsOf = (sources: ConfigSources) => {
  try {
    loadConfig(sources);
  } catch (error) {
    if (error instanceof ConfigError) return error;
    throw error;
  }
  throw new Error('expected a ConfigError');
};

const file = (content: unknown) => ({ name: 'gateway.json', text: JSON.stringify(content) });

describe('loadConfig() - defaults', () => {
  it('listens on loopback, port 8317', () => {
    const { config, origins, warnings } = loadConfig();
    expect(config.server).toMatchObject({ host: '127.0.0.1', port: 8317, logLevel: 'info', allowAnonymous: false });
    expect(config.server.demo).toBeUndefined();
    expect(config.lingma).toMatchObject({ transport: 'auto', dialect: 'auto', mode: 'chat', sessionMode: 'auto' });
    expect(config.toolForwarding).toEqual({ enabled: true, allowlist: [], onMissedCall: 'error' });
    expect(origins['server.port']).toEqual({ kind: 'default' });
    expect(warnings).toEqual([]);
  });
});

describe('loadConfig() - precedence', () => {
  const layers = {
    file: file({ server: { port: 1001, host: 'localhost' }, lingma: { cwd: '/from/file', idleTimeoutMs: '90s' } }),
    env: { LINGMA_GATEWAY_PORT: '1002', LINGMA_GATEWAY_CWD: '/from/env' },
    flags: { port: '1003' },
  };

  it('defaults < file < environment < flags, each value with its origin', () => {
    const { config, origins } = loadConfig(layers);
    expect(config.server.port).toBe(1003);
    expect(origins['server.port']).toEqual({ kind: 'flag', name: 'port' });
    expect(config.lingma.cwd).toBe('/from/env');
    expect(origins['lingma.cwd']).toEqual({ kind: 'environment', name: 'LINGMA_GATEWAY_CWD' });
    expect(config.server.host).toBe('localhost');
    expect(origins['server.host']).toEqual({ kind: 'file', name: 'gateway.json' });
    expect(config.lingma.idleTimeoutMs).toBe(90_000);
  });

  it('an empty environment variable counts as absent, an unknown one is ignored', () => {
    expect(loadConfig({ env: { LINGMA_GATEWAY_PORT: ' ', SOMETHING_ELSE: 'x' } }).config.server.port).toBe(8317);
  });

  it('a value that a flag overrides may be wrong', () => {
    expect(loadConfig({ env: { PORT: 'abc' }, flags: { port: '9000' } }).config.server.port).toBe(9000);
  });
});

describe('loadConfig() - environment names', () => {
  it('names of both predecessors are understood and warn with the canonical name', () => {
    const { config, warnings, origins } = loadConfig({
      env: {
        HOST: 'localhost',
        PORT: '9001',
        API_KEYS: 'one, two,',
        LOG_LEVEL: 'WARNING',
        DEFAULT_MODEL: 'qwen3',
        DEFAULT_ASK_MODE: 'agent',
        LINGMA_WORK_DIR: '/srv/lingma',
        LINGMA_SOCKET_PORT: '37010',
        LINGMA_STARTUP_TIMEOUT: '40',
        LINGMA_RPC_TIMEOUT: '2.5',
        TOOL_FORWARD_ENABLED: 'false',
        TOOL_ALLOWLIST: 'Bash,Read',
        LINGMA_PROXY_TRANSPORT: 'AUTO',
        LINGMA_PROXY_CURRENT_FILE_PATH: '/a/b.ts',
        LINGMA_PROXY_SHELL_TYPE: 'powershell',
        LINGMA_PROXY_SESSION_MODE: 'fresh',
        LINGMA_PROXY_TIMEOUT_SECONDS: '120',
        LINGMA_IPC_SOCKET: '/run/lingma.sock',
        LINGMA_SHARED_CLIENT_INFO: '/srv/.info.json',
      },
    });
    expect(config.server).toMatchObject({ host: 'localhost', port: 9001, logLevel: 'warn' });
    expect(config.auth.clientKeys.map((key) => key.reveal())).toEqual(['one', 'two']);
    expect(config.models.defaultModel).toBe('qwen3');
    expect(config.lingma).toMatchObject({
      mode: 'agent',
      workDir: '/srv/lingma',
      socketPort: 37010,
      startupTimeoutMs: 40_000,
      rpcTimeoutMs: 2500,
      totalTimeoutMs: 120_000,
      transport: 'auto',
      currentFilePath: '/a/b.ts',
      shellType: 'powershell',
      sessionMode: 'fresh',
      socket: '/run/lingma.sock',
      infoFile: '/srv/.info.json',
    });
    expect(config.toolForwarding).toEqual({
      enabled: false,
      allowlist: ['Bash', 'Read'],
      onMissedCall: 'error',
    });
    expect(warnings).toContainEqual({
      subject: 'server.port',
      message: 'PORT is an older name, use LINGMA_GATEWAY_PORT',
    });
    expect(warnings).toHaveLength(19);
    expect(origins['server.port']).toEqual({ kind: 'environment', name: 'PORT', alias: true });
  });

  it('the canonical name wins over its aliases and says so', () => {
    const { config, warnings } = loadConfig({ env: { PORT: '1', LINGMA_GATEWAY_PORT: '2' } });
    expect(config.server.port).toBe(2);
    expect(warnings).toEqual([
      { subject: 'server.port', message: 'PORT has no effect, because LINGMA_GATEWAY_PORT is set' },
    ]);
  });

  it('canonical durations are milliseconds, units may be written out', () => {
    const read = (text: string) =>
      loadConfig({ env: { LINGMA_GATEWAY_RPC_TIMEOUT_MS: text } }).config.lingma.rpcTimeoutMs;
    expect([read('1500'), read('1500ms'), read('90s'), read('2m')]).toEqual([1500, 1500, 90_000, 120_000]);
  });

  it('an enterprise’s service - is an https address, for passwords go there', () => {
    const load = (url: string) => loadConfig({ env: { DEDICATED_DOMAIN_URL: url } }).config.lingma.dedicatedDomainUrl;
    expect(load('https://lingma.example')).toBe('https://lingma.example');
    for (const url of ['http://lingma.example', 'lingma.example', 'file:///etc/passwd']) {
      expect(() => load(url)).toThrow(ConfigError);
    }
  });

  it('secrets of accounts - may lie in files, in either spelling; both at once, and a file that is not there, are refused', () => {
    const load = (accounts: unknown) =>
      loadConfig({
        env: { LINGMA_ACCOUNTS: JSON.stringify(accounts) },
        readFile: (path) => {
          if (path === '/gone') throw new Error('no such file');
          return `content of ${path}\n`;
        },
      }).config.lingma.accounts;
    const [one, two] = load([
      { username: 'u', passwordFile: '/p' },
      { personal_token_file: '/t', user_id_file: '/u', org_id_file: '/o' },
    ]);
    expect([one?.password?.reveal(), two?.personalToken?.reveal(), two?.orgId?.reveal()]).toEqual([
      ...['content of /p', 'content of /t', 'content of /o'],
    ]);
    expect(() => load([{ username: 'u', password: 'canary', passwordFile: '/p' }])).toThrow(
      /entry 1 passwordFile: password is set too/,
    );
    expect(() => load([{ username: 'u', passwordFile: '/gone' }])).toThrow(/entry 1 passwordFile: .*no such file/);
    expect(() => load([{ username: 'u', password: 'canary', passwordFile: '/p' }])).not.toThrow(/canary/);
  });

  it.each([
    ['AUTO_LOGIN_ENABLED', 'false', 'enabled', false],
    ['AUTO_LOGIN_HEADLESS', '0', 'headless', false],
    ['AUTO_LOGIN_TIMEOUT', '90', 'timeoutMs', 90_000],
    ['AUTO_LOGIN_MAX_RETRY', '0', 'maxAttempts', 1],
    ['AUTO_LOGIN_MAX_RETRY', '3', 'maxAttempts', 3],
  ] as const)('%s=%s - login.%s is %s', (name, text, key, expected) => {
    expect(loadConfig({ env: { [name]: text } }).config.login[key]).toBe(expected);
  });

  it.each([
    ['DEFAULT_ASK_MODE', 'edit', 'lingma', 'mode', 'chat'],
    ['DEFAULT_ASK_MODE', 'AGENT', 'lingma', 'mode', 'agent'],
    ['LINGMA_PROXY_MODE', 'plan', 'lingma', 'mode', 'chat'],
    ['LINGMA_INSTANCE_COUNT', 'not-a-number', 'lingma', 'instanceCount', undefined],
    ['LINGMA_INSTANCE_COUNT', '0', 'lingma', 'instanceCount', undefined],
    ['LINGMA_GATEWAY_INSTANCE_COUNT', '1.5', 'lingma', 'instanceCount', undefined],
    ['LINGMA_INSTANCE_COUNT', '3', 'lingma', 'instanceCount', 3],
  ] as const)('%s=%s - sets %s.%s to %s and never refuses to start', (name, text, section, key, expected) => {
    const { config, warnings, origins } = loadConfig({ env: { [name]: text } });
    expect(config[section][key]).toBe(expected);
    expect(origins[`${section}.${key}`]).toMatchObject({ kind: 'environment', name });
    const leftOut = warnings.filter(({ message }) => message.startsWith(`${name} is left out`));
    expect(leftOut).toHaveLength(String(expected) === text.toLowerCase() ? 0 : 1);
  });

  it('the canonical name of a mode - refuses what it does not know', () => {
    expect(problemsOf({ env: { LINGMA_GATEWAY_MODE: 'edit' } }).problems[0]?.subject).toBe('lingma.mode');
  });
});

describe('loadConfig() - flags', () => {
  it('--timeout takes seconds, booleans come bare or negated', () => {
    const { config } = loadConfig({ flags: { timeout: '30', demo: false, 'allow-anonymous': true } });
    expect(config.lingma.totalTimeoutMs).toBe(30_000);
    expect(config.server).toMatchObject({ demo: false, allowAnonymous: true });
  });

  it('an older flag - taken in its own unit, with a warning; the newer one wins', () => {
    const older = loadConfig({ flags: { 'shutdown-grace-ms': '1500' } });
    expect(older.config.server.drainTimeoutMs).toBe(1500);
    expect(older.warnings).toEqual([
      { subject: 'server.drainTimeoutMs', message: '--shutdown-grace-ms is an older name, use --drain-timeout' },
    ]);
    const both = loadConfig({ flags: { 'shutdown-grace-ms': '1500', 'drain-timeout': '45' } });
    expect(both.config.server.drainTimeoutMs).toBe(45_000);
    expect(both.warnings[0]?.message).toBe('--shutdown-grace-ms has no effect, because --drain-timeout is set');
    expect(problemsOf({ flags: { 'shutdown-grace-mss': '1' } }).problems[0]?.message).toBe('unknown flag');
  });

  it('arguments for processes - words or a JSON list', () => {
    const read = (text: string) => loadConfig({ flags: { args: text } }).config.lingma.args;
    expect(read('--log-level debug --x=a,b')).toEqual(['--log-level', 'debug', '--x=a,b']);
    expect(read('["--name","with blank"]')).toEqual(['--name', 'with blank']);
    expect(problemsOf({ flags: { args: '[--x' } }).message).toContain('is not valid JSON');
    expect(problemsOf({ flags: { args: '[1]' } }).problems[0]?.subject).toBe('lingma.args');
  });

  it('model aliases are pairs or JSON', () => {
    const read = (text: string) => loadConfig({ flags: { 'model-aliases': text } }).config.models.aliases;
    expect(read('gpt-4o=qwen3, o1 = deepseek')).toEqual({ 'gpt-4o': 'qwen3', o1: 'deepseek' });
    expect(read('{"gpt-4o":"qwen3"}')).toEqual({ 'gpt-4o': 'qwen3' });
  });
});

describe('loadConfig() - problems', () => {
  it('are reported together, each with its origin and a hint', () => {
    const error = problemsOf({
      file: file({ server: { prot: 1 }, lignma: {}, streaming: { keepAliveMs: 'soon' } }),
      env: { LINGMA_GATEWAY_PORT: '70000', LINGMA_GATEWAY_TRANSPORT: 'carrier-pigeon' },
      flags: { 'ws-url': 'http://127.0.0.1', prot: '1' },
    });
    const bySubject = Object.fromEntries(error.problems.map((problem) => [problem.subject, problem]));
    expect(Object.keys(bySubject).sort()).toEqual([
      '--prot',
      'lignma',
      'lingma.transport',
      'lingma.wsUrl',
      'server.port',
      'server.prot',
      'streaming.keepAliveMs',
    ]);
    expect(bySubject['server.prot']).toMatchObject({
      origin: { kind: 'file', name: 'gateway.json' },
      hint: 'did you mean server.port?',
    });
    expect(bySubject['--prot']?.hint).toBe('did you mean --port?');
    expect(bySubject['server.port']?.origin).toEqual({ kind: 'environment', name: 'LINGMA_GATEWAY_PORT' });
    expect(bySubject['server.port']?.message).toContain('70000');
    expect(bySubject['lingma.transport']?.message).toContain('"auto"|"pipe"|"websocket"');
    expect(error.message).toContain('server.port (environment LINGMA_GATEWAY_PORT)');
    expect(error.message).toContain('hint: an address such as ws://127.0.0.1:36510/');
  });

  it('a file that is not JSON, or not an object', () => {
    expect(problemsOf({ file: { name: 'a.json', text: '{' } }).message).toMatch(
      /^a\.json \(file a\.json\): not valid JSON/,
    );
    expect(problemsOf({ file: { name: 'a.json', text: '[]' } }).message).toContain('must be a JSON object');
  });

  it('a host beyond loopback without keys, unless anonymity is asked for', () => {
    expect(problemsOf({ flags: { host: '0.0.0.0' } }).problems[0]).toMatchObject({
      subject: 'server.host',
      origin: { kind: 'flag', name: 'host' },
    });
    expect(loadConfig({ flags: { host: '0.0.0.0', 'api-keys': 'k' } }).config.server.host).toBe('0.0.0.0');
    expect(loadConfig({ flags: { host: '::', 'allow-anonymous': true } }).config.server.host).toBe('::');
    for (const host of ['localhost', '127.8.9.1', '::1', '[::1]']) {
      expect(loadConfig({ flags: { host } }).config.server.host).toBe(host);
    }
  });
});

describe("loadConfig() - Lingma's own tools", () => {
  const path = 'lingma.nativeTools';

  it('are refused unless asked for by flag, environment or file', () => {
    expect(loadConfig().config.lingma.nativeTools).toBe('refuse');
    expect(loadConfig({ flags: { 'native-tools': 'run' } }).config.lingma.nativeTools).toBe('run');
    expect(loadConfig({ env: { LINGMA_GATEWAY_NATIVE_TOOLS: 'RUN' } }).config.lingma.nativeTools).toBe('run');
    expect(loadConfig({ file: file({ lingma: { nativeTools: 'run' } }) }).config.lingma.nativeTools).toBe('run');
    expect(problemsOf({ flags: { 'native-tools': 'yes' } }).problems[0]?.subject).toBe(path);
  });

  it('run on loopback alone, keys or not, and the other problems are told with it', () => {
    const flags = { 'native-tools': 'run', host: '0.0.0.0' };
    expect(problemsOf({ flags: { ...flags, 'api-keys': 'k' } }).problems).toMatchObject([
      { subject: path, origin: { kind: 'flag', name: 'native-tools' }, hint: expect.stringContaining('127.0.0.1') },
    ]);
    const subjects = problemsOf({ flags }).problems.map(({ subject }) => subject);
    expect(subjects.sort()).toEqual([path, 'server.host']);
    expect(loadConfig({ flags: { ...flags, host: '[::1]' } }).config.lingma.nativeTools).toBe('run');
  });

  it('run for a Lingma of this machine alone', () => {
    const flags = { 'native-tools': 'run' };
    for (const address of ['ws://10.0.0.7:36510/', 'ws://lingma.localhost:36510/']) {
      expect(problemsOf({ flags: { ...flags, 'ws-url': address } }).problems[0]?.subject).toBe(path);
    }
    for (const address of ['ws://127.0.0.1:36510/', 'ws://localhost:1', 'ws://[::1]:36510/']) {
      expect(loadConfig({ flags: { ...flags, 'ws-url': address } }).config.lingma.nativeTools).toBe('run');
    }
  });
});

describe('secrets', () => {
  it('are shown nowhere: not in JSON, text, the effective config or problems', () => {
    const loaded = loadConfig({ env: { LINGMA_GATEWAY_API_KEYS: 'sk-hidden,sk-also' } });
    const everywhere = [
      JSON.stringify(loaded),
      `${loaded.config.auth.clientKeys}`,
      JSON.stringify(effectiveConfig(loaded)),
    ];
    expect(everywhere.join()).not.toMatch(/sk-/);
    expect(effectiveConfig(loaded).find(({ path }) => path === 'auth.clientKeys')).toEqual({
      path: 'auth.clientKeys',
      value: ['***', '***'],
      origin: { kind: 'environment', name: 'LINGMA_GATEWAY_API_KEYS' },
    });
    const error = problemsOf({ file: file({ auth: { clientKeys: { key: 'sk-hidden' } } }) });
    expect(error.problems[0]?.subject).toBe('auth.clientKeys');
    expect(JSON.stringify(error) + error.message).not.toContain('sk-hidden');
  });
});
