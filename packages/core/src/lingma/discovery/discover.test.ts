import { describe, expect, it } from 'vitest';
import { discoveryCandidates } from './candidates.js';
import { inspectDiscovery } from './discover.js';
import type { DiscoveryOptions, ExplicitPlaces, TransportChoice } from './discovery-options.js';
import type { DiscoveryFileSystem } from './file-system.js';

/** A machine made of data. */
interface Machine {
  readonly files?: Readonly<Record<string, string | Error>>;
  readonly pipes?: readonly string[];
  /** Path → modification time; accepts connections unless listed in `deadSockets`. */
  readonly sockets?: Readonly<Record<string, number>>;
  readonly deadSockets?: readonly string[];
  readonly pids?: readonly number[];
  readonly ports?: readonly number[];
}

function fake(machine: Machine): DiscoveryFileSystem {
  return {
    readFile: (path) => {
      const content = machine.files?.[path];
      return content instanceof Error ? Promise.reject(content) : Promise.resolve(content);
    },
    listPipes: () => Promise.resolve(machine.pipes ?? []),
    statSocket: (path) => {
      const mtimeMs = machine.sockets?.[path];
      return Promise.resolve(mtimeMs === undefined ? undefined : { mtimeMs });
    },
    isPidAlive: (pid) => machine.pids?.includes(pid) ?? false,
    isPortOpen: (port) => Promise.resolve(machine.ports?.includes(port) ?? false),
    isSocketOpen: (path) =>
      Promise.resolve(machine.sockets?.[path] !== undefined && machine.deadSockets?.includes(path) !== true),
  };
}

const linux = (transport: TransportChoice = 'auto', explicit: ExplicitPlaces = {}): DiscoveryOptions => ({
  platform: 'linux',
  env: {},
  homedir: '/home/me',
  transport,
  explicit,
});
const mac = (transport: TransportChoice = 'auto'): DiscoveryOptions => ({
  platform: 'darwin',
  env: {},
  homedir: '/Users/me',
  transport,
});
const windows = (transport: TransportChoice = 'auto', explicit: ExplicitPlaces = {}): DiscoveryOptions => ({
  platform: 'win32',
  env: {
    AppData: 'C:\\Users\\me\\AppData\\Roaming',
    LOCALAPPDATA: 'C:\\Users\\me\\AppData\\Local',
    PROGRAMDATA: 'C:\\ProgramData',
  },
  homedir: 'C:\\Users\\me',
  transport,
  explicit,
});

const info = (websocketPort: number, pid: number, ipcServerPath = ''): string =>
  JSON.stringify({ websocketPort, pid, ipcServerPath, isDev: false });

const IDE = '/home/me/.config/Lingma/SharedClientCache';
const JETBRAINS = '/home/me/.lingma';

/** What `describeAddress` tells of each. */
async function found(options: DiscoveryOptions, machine: Machine): Promise<string[]> {
  const addresses = (await inspectDiscovery(options, fake(machine))).addresses;
  return addresses.map((address) => (address.kind === 'websocket' ? address.url : address.path));
}

describe('discoveryCandidates()', () => {
  it('onlyExplicit - nothing that was not named', () => {
    const only = (options: DiscoveryOptions) =>
      discoveryCandidates({ ...options, onlyExplicit: true }).flatMap((candidate) => {
        if (candidate.kind === 'sockets') return candidate.paths;
        return candidate.kind === 'info-file' ? [candidate.path] : [candidate.kind];
      });
    expect(only(linux('auto', { infoFile: '/a/.info.json' }))).toEqual([
      '/a/.info.json',
      '/a/.info.json/.info.json',
      '/a/.info.json/.info',
    ]);
    expect(only(linux('auto', { workDir: '~/b' }))).toEqual([
      '/home/me/b/.info.json',
      '/home/me/b/.info',
      '/home/me/b/qodercn.sock',
      '/home/me/b/lingma.sock',
    ]);
    expect(only(windows('auto', { workDir: 'C:\\b' }))).toEqual(['C:\\b\\.info.json', 'C:\\b\\.info']);
    expect([only(linux()), only(windows('pipe'))]).toEqual([[], []]);
  });

  const infoFiles = (options: DiscoveryOptions): string[] =>
    discoveryCandidates(options).flatMap((candidate) => (candidate.kind === 'info-file' ? [candidate.path] : []));

  it('begins with the user config folder of the system, and .info.json goes before .info', () => {
    expect(infoFiles(linux()).slice(0, 4)).toEqual([
      '/home/me/.config/QoderCN/SharedClientCache/.info.json',
      '/home/me/.config/QoderCN/SharedClientCache/.info',
      '/home/me/.config/QoderCN/sharedClientCache/.info.json',
      '/home/me/.config/QoderCN/sharedClientCache/.info',
    ]);
    expect(infoFiles(mac())[0]).toBe('/Users/me/Library/Application Support/QoderCN/SharedClientCache/.info.json');
    expect(infoFiles(windows())[0]).toBe('C:\\Users\\me\\AppData\\Roaming\\QoderCN\\SharedClientCache\\.info.json');
    expect(infoFiles({ ...linux(), env: { XDG_CONFIG_HOME: '/x' } })[0]).toBe(
      '/x/QoderCN/SharedClientCache/.info.json',
    );
    expect(infoFiles({ ...linux(), env: { XDG_CONFIG_HOME: 'relative' } })).toEqual(infoFiles(linux()));
  });

  it('knows the default work folder of every product', () => {
    expect(infoFiles(linux())).toEqual(
      expect.arrayContaining([
        '/home/me/.lingma/.info.json',
        '/home/me/.lingma/vscode/sharedClientCache/.info.json',
        '/home/me/.config/Lingma/SharedClientCache/.info.json',
        '/home/me/.config/QoderCN/SharedClientCache/.info.json',
        '/home/me/.qoder-cn/shared_client/.info.json',
      ]),
    );
    expect(infoFiles(windows())).toEqual(
      expect.arrayContaining([
        'C:\\Users\\me\\.lingma\\.info.json',
        'C:\\Users\\me\\AppData\\Local\\Lingma\\SharedClientCache\\.info.json',
        'C:\\ProgramData\\Lingma\\SharedClientCache\\.info.json',
      ]),
    );
    expect(new Set(infoFiles(windows())).size).toBe(infoFiles(windows()).length);
  });

  it('ends with the pipes on Windows, the sockets elsewhere, and neither for websocket', () => {
    const last = (options: DiscoveryOptions) => discoveryCandidates(options).at(-1)?.kind;
    expect(last(windows())).toBe('pipe-listing');
    expect(last(linux('pipe'))).toBe('sockets');
    expect(last(mac())).toBe('sockets');
    expect(last(linux('websocket'))).toBe('info-file');
    expect(last(windows('websocket'))).toBe('info-file');
  });

  it('is nothing but the configured addresses where there are some, WebSocket first', () => {
    const explicit = {
      wsUrl: 'ws://127.0.0.1:1/',
      socketPort: 2,
      pipe: 'lingma-bf0f32',
      socket: '~/l.sock',
      workDir: '/w',
    };
    expect(discoveryCandidates(linux('auto', explicit))).toMatchObject([
      { address: { kind: 'websocket', url: 'ws://127.0.0.1:1/', workDir: '/w' } },
      { address: { kind: 'websocket', url: 'ws://127.0.0.1:2/' } },
      { address: { kind: 'pipe', path: 'lingma-bf0f32' } },
      { address: { kind: 'pipe', path: '/home/me/l.sock' } },
    ]);
    expect(discoveryCandidates(windows('pipe', { wsUrl: 'ws://h/', pipe: 'lingma-bf0f32' }))).toMatchObject([
      { address: { kind: 'pipe', path: '\\\\.\\pipe\\lingma-bf0f32' } },
    ]);
  });

  it('searches when the configured addresses are ruled out, empty or 0', () => {
    for (const options of [
      linux('pipe', { wsUrl: 'ws://h/' }),
      linux('auto', { wsUrl: '', socketPort: 0, pipe: '' }),
    ]) {
      expect(discoveryCandidates(options)[0]?.kind).toBe('info-file');
    }
  });
});

describe('inspectDiscovery() - on Linux and macOS', () => {
  it('gives WebSocket before socket, in the order of the folders', async () => {
    const machine = {
      files: {
        [`${JETBRAINS}/.info.json`]: info(37010, 2),
        [`${IDE}/.info.json`]: info(36510, 1, `${IDE}/lingma.sock`),
      },
      sockets: { [`${IDE}/lingma.sock`]: 5 },
      pids: [1, 2],
      ports: [36510, 37010],
    };
    expect((await inspectDiscovery(linux(), fake(machine))).addresses).toEqual([
      { kind: 'websocket', url: 'ws://127.0.0.1:36510/', workDir: IDE, pid: 1, origin: `${IDE}/.info.json` },
      {
        kind: 'websocket',
        url: 'ws://127.0.0.1:37010/',
        workDir: JETBRAINS,
        pid: 2,
        origin: `${JETBRAINS}/.info.json`,
      },
      { kind: 'pipe', path: `${IDE}/lingma.sock`, workDir: IDE, pid: 1, origin: `${IDE}/.info.json` },
    ]);
    expect(await found(linux('pipe'), machine)).toEqual([`${IDE}/lingma.sock`]);
    expect(await found(linux('websocket'), machine)).toEqual(['ws://127.0.0.1:36510/', 'ws://127.0.0.1:37010/']);
  });

  it('falls back to .info where .info.json is absent, broken or unreadable', async () => {
    for (const broken of [undefined, '{"websocketPort":', new Error('EACCES')]) {
      const files = {
        [`${IDE}/.info`]: '36510\n1\n',
        ...(broken === undefined ? {} : { [`${IDE}/.info.json`]: broken }),
      };
      expect(await found(linux(), { files, pids: [1], ports: [36510] })).toEqual(['ws://127.0.0.1:36510/']);
    }
  });

  it('gives an address once, though .info.json and .info both tell it', async () => {
    const files = { [`${IDE}/.info.json`]: info(36510, 1), [`${IDE}/.info`]: '36510\n1' };
    expect(await found(linux(), { files, pids: [1], ports: [36510] })).toEqual(['ws://127.0.0.1:36510/']);
  });

  it('puts last what is left of a process that is gone, where somebody answers all the same', async () => {
    const files = {
      [`${IDE}/.info.json`]: info(36510, 99, '/gone.sock'),
      [`${JETBRAINS}/.info.json`]: info(37010, 2, '/alive.sock'),
    };
    const sockets = { '/gone.sock': 1, '/alive.sock': 1 };
    expect(await found(linux(), { files, sockets, pids: [2], ports: [36510, 37010] })).toEqual([
      'ws://127.0.0.1:37010/',
      '/alive.sock',
      'ws://127.0.0.1:36510/',
      '/gone.sock',
    ]);
    // The pid of a container, or of another user's namespace.
    expect(await found(linux(), { files, ports: [36510] })).toEqual(['ws://127.0.0.1:36510/']);
  });

  it('passes over what is stale: port refusing, socket gone or refusing', async () => {
    const alive = { files: { [`${JETBRAINS}/.info.json`]: info(37010, 2) }, pids: [2], ports: [37010] };
    const stale = (text: string, machine: Machine = {}) =>
      found(linux(), {
        ...machine,
        files: { [`${IDE}/.info.json`]: text, ...alive.files },
        pids: [...alive.pids, ...(machine.pids ?? [])],
        ports: [...alive.ports, ...(machine.ports ?? [])],
      });
    const expected = ['ws://127.0.0.1:37010/'];
    expect(await stale(info(36510, 99))).toEqual(expected);
    expect(await stale(info(36510, 1), { pids: [1] })).toEqual(expected);
    expect(await stale(info(0, 1, '/gone.sock'), { pids: [1] })).toEqual(expected);
    expect(
      await stale(info(0, 1, '/dead.sock'), { pids: [1], sockets: { '/dead.sock': 1 }, deadSockets: ['/dead.sock'] }),
    ).toEqual(expected);
    expect(await stale(JSON.stringify({ websocketPort: 36510 }), { ports: [36510] })).toEqual([
      'ws://127.0.0.1:36510/',
      ...expected,
    ]);
  });

  it('takes the newest living socket where no file tells anything', async () => {
    const [older, newer, dead] = [
      '/home/me/.lingma/lingma.sock',
      '/home/me/.qodercn/qodercn.sock',
      `${IDE}/lingma.sock`,
    ] as const;
    const machine = { sockets: { [older]: 10, [newer]: 20, [dead]: 30 }, deadSockets: [dead] };
    expect((await inspectDiscovery(linux(), fake(machine))).addresses).toEqual([
      { kind: 'pipe', path: newer, workDir: '/home/me/.qodercn', origin: newer },
      { kind: 'pipe', path: older, workDir: '/home/me/.lingma', origin: older },
    ]);
    const library = '/Users/me/Library/Application Support/Lingma/SharedClientCache/lingma.sock';
    expect(await found(mac(), { sockets: { [library]: 1 } })).toEqual([library]);
  });

  it('gives nothing on an empty machine', async () => {
    expect(await inspectDiscovery(linux(), fake({}))).toMatchObject({ addresses: [] });
    expect(await found(mac(), {})).toEqual([]);
  });
});

describe('inspectDiscovery() - on Windows', () => {
  const folder = 'C:\\Users\\me\\AppData\\Roaming\\Lingma\\SharedClientCache';
  const pipe = '\\\\.\\pipe\\lingma-bf0f32';
  const machine = { files: { [`${folder}\\.info.json`]: info(36510, 1, pipe) }, pids: [1], ports: [36510] };

  it('gives pipe before WebSocket', async () => {
    expect(await found(windows(), machine)).toEqual([pipe, 'ws://127.0.0.1:36510/']);
    expect(await found(windows('websocket'), machine)).toEqual(['ws://127.0.0.1:36510/']);
  });

  it('lists pipes: the last known name first, other products never', async () => {
    const pipes = [
      'lingma-111111',
      'mcp_adaptor_1',
      'lingma-222222',
      'qoder-cn-shared_client',
      'chrome.1',
      'xlingma-3',
      'qodercn-1a',
    ];
    expect(await found(windows(), { pipes })).toEqual([
      '\\\\.\\pipe\\qodercn-1a',
      '\\\\.\\pipe\\qoder-cn-shared_client',
      '\\\\.\\pipe\\lingma-222222',
      '\\\\.\\pipe\\lingma-111111',
    ]);
    expect((await found(windows(), { ...machine, pipes: ['qodercn-ff'] }))[0]).toBe(pipe);
  });

  it('does not read the environment of others', async () => {
    expect(await found({ ...windows(), env: {} }, machine)).toEqual([pipe, 'ws://127.0.0.1:36510/']);
  });
});

describe('inspectDiscovery() - as configured', () => {
  const machine = {
    files: {
      '/w/.info.json': info(40000, 3),
      '/i/.info': '41000\n4',
      '/i/other.json': info(42000, 5),
      [`${IDE}/.info.json`]: info(36510, 1),
    },
    pids: [1, 3, 4, 5],
    ports: [36510, 40000, 41000, 42000],
  };

  it('looks into the work folder before the known ones', async () => {
    expect(await found(linux('auto', { workDir: '/w' }), machine)).toEqual([
      'ws://127.0.0.1:40000/',
      'ws://127.0.0.1:36510/',
    ]);
    expect(await found(linux('auto', { workDir: '/absent' }), machine)).toEqual(['ws://127.0.0.1:36510/']);
  });

  it("looks for the work folder's sockets", async () => {
    expect(await found(linux('auto', { workDir: '~/w' }), { sockets: { '/home/me/w/lingma.sock': 1 } })).toEqual([
      '/home/me/w/lingma.sock',
    ]);
  });

  it('takes the info file as a file or as a folder, before the work folder', async () => {
    const first = async (infoFile: string) =>
      (await inspectDiscovery(linux('auto', { infoFile, workDir: '/w' }), fake(machine))).address;
    expect(await first('/i')).toMatchObject({ url: 'ws://127.0.0.1:41000/', workDir: '/i' });
    expect(await first('/i/other.json')).toMatchObject({ url: 'ws://127.0.0.1:42000/', workDir: '/i' });
    expect(await first('/i/.info')).toMatchObject({ url: 'ws://127.0.0.1:41000/', workDir: '/i' });
    expect(await first('/nothing')).toMatchObject({ url: 'ws://127.0.0.1:40000/', workDir: '/w' });
  });

  it('gives configured addresses unprobed, with the work folder whose file names them', async () => {
    const address = async (explicit: ExplicitPlaces) =>
      (await inspectDiscovery(linux('auto', explicit), fake(machine))).address;
    expect(await address({ wsUrl: 'ws://127.0.0.1:36510/ws' })).toEqual({
      kind: 'websocket',
      url: 'ws://127.0.0.1:36510/ws',
      origin: 'configured WebSocket address',
      workDir: IDE,
      pid: 1,
    });
    expect(await address({ socketPort: 36510 })).toMatchObject({ workDir: IDE });
    expect(await address({ wsUrl: 'ws://localhost:36510', infoFile: '/i' })).toMatchObject({ workDir: IDE });
    expect(await address({ wsUrl: 'ws://10.0.0.5:36510/' })).not.toHaveProperty('workDir');
    expect(await address({ wsUrl: 'ws://127.0.0.1:9/' })).not.toHaveProperty('workDir');
    expect(await address({ wsUrl: 'ws://127.0.0.1:36510/', workDir: '/w' })).toMatchObject({ workDir: '/w' });
    expect(await address({ socket: '/own.sock' })).toEqual({
      kind: 'pipe',
      path: '/own.sock',
      origin: 'configured socket',
    });
  });
});

describe('inspectDiscovery()', () => {
  it('tells of every place what was found and why it was left out', async () => {
    const report = await inspectDiscovery(
      linux('websocket', { pipe: '/own.sock' }),
      fake({
        files: {
          [`${IDE}/.info.json`]: info(36510, 99, '/x.sock'),
          [`${IDE}/.info`]: 'nonsense',
          [`${JETBRAINS}/.info.json`]: info(37010, 2),
          [`${JETBRAINS}/.info`]: new Error('permission denied'),
        },
        pids: [2],
        ports: [37010],
      }),
    );
    expect(report.address).toMatchObject({ url: 'ws://127.0.0.1:37010/' });
    expect(report.looked.filter(({ verdict }) => verdict !== 'absent')).toEqual([
      { place: 'configured pipe', verdict: 'skipped', detail: '/own.sock' },
      { place: `${IDE}/.info.json`, verdict: 'stale', detail: 'ws://127.0.0.1:36510/: process 99 is gone' },
      { place: `${IDE}/.info.json`, verdict: 'skipped', detail: '/x.sock' },
      { place: `${IDE}/.info`, verdict: 'malformed', detail: 'neither .info.json nor .info' },
      { place: `${JETBRAINS}/.info.json`, verdict: 'usable', detail: 'ws://127.0.0.1:37010/' },
      { place: `${JETBRAINS}/.info`, verdict: 'unreadable', detail: 'permission denied' },
    ]);
    expect(report.looked.filter(({ verdict }) => verdict === 'absent').length).toBeGreaterThan(40);
  });
});
