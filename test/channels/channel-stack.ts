/** A gateway with channels to simulated upstreams, asked without sockets of its own; and a Lingma beside them where one is wanted. */
import { type ComposedGateway, composeGateway } from '@lingma-gateway/core';
import { loadConfig } from '@lingma-gateway/core/config';
import { createOpenAiUpstream, createSimulator, type OpenAiUpstream, type Simulator } from '@lingma-gateway/simulator';

export const BASE = 'http://127.0.0.1:8317';

export interface ChannelStackOptions {
  /** One upstream each. */
  readonly channels: readonly Readonly<Record<string, unknown>>[];
  readonly upstreams?: Parameters<typeof createOpenAiUpstream>[0];
  readonly lingma?: boolean;
  readonly settings?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

export interface ChannelStack {
  readonly gateway: ComposedGateway;
  readonly upstreams: readonly OpenAiUpstream[];
  readonly fetch: typeof globalThis.fetch;
  post(path: string, body: unknown, headers?: Record<string, string>): Promise<Response>;
  get(path: string): Promise<Response>;
  /** Other settings from now on. */
  reload(channels: readonly Readonly<Record<string, unknown>>[]): void;
  stop(): Promise<void>;
}

/** Nobody listens there. */
const NOWHERE = 'ws://127.0.0.1:9/';

export async function startChannels(options: ChannelStackOptions): Promise<ChannelStack> {
  const { channels, settings = {} } = options;
  const upstreams = await Promise.all(channels.map(() => createOpenAiUpstream(options.upstreams)));
  let simulator: Simulator | undefined;
  if (options.lingma === true) {
    simulator = createSimulator({ profile: 'lingma-2.11' });
    await simulator.start();
  }
  const own = simulator === undefined ? [{ name: 'lingma', type: 'lingma', enabled: false }] : [];
  const configOf = (list: readonly Readonly<Record<string, unknown>>[]) => {
    const { list: _, ...more } = settings.channels ?? {};
    const file = {
      ...settings,
      lingma: { wsUrl: simulator?.address.webSocketUrl ?? NOWHERE, startupTimeoutMs: 500, ...settings.lingma },
      channels: {
        ...more,
        list: [...own, ...list.map((channel, at) => ({ baseUrl: upstreams[at]?.url, ...channel }))],
      },
    };
    return loadConfig({ file: { name: 'gateway.json', text: JSON.stringify(file) } });
  };
  let loaded = configOf(channels);
  const gateway = composeGateway(loaded.config, { origins: loaded.origins, settingsSource: { load: () => loaded } });
  const call = (path: string, init: RequestInit): Promise<Response> => gateway.fetch(new Request(BASE + path, init));
  return {
    gateway,
    upstreams,
    fetch: (input, init) => gateway.fetch(new Request(input as string, init)),
    post: (path, body, headers = {}) =>
      call(path, {
        method: 'POST',
        body: typeof body === 'string' ? body : JSON.stringify(body),
        headers: { 'content-type': 'application/json', ...headers },
      }),
    get: (path) => call(path, {}),
    reload(list) {
      loaded = configOf(list);
      gateway.reload();
    },
    async stop() {
      await gateway.close({ graceMs: 0 });
      await Promise.all(upstreams.map((upstream) => upstream.stop()));
      await simulator?.stop();
    },
  };
}

/** Events of a stream, each as its `data`. */
export const dataOf = (text: string): readonly string[] =>
  text
    .split('\n\n')
    .map((frame) => /^data: (.*)$/m.exec(frame)?.[1])
    .filter((data) => data !== undefined);

export const user = (text: string) => [{ role: 'user', content: text }];
export const sim = (directive: object): string => `@sim ${JSON.stringify(directive)}`;
