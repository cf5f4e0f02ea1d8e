/** All sections composed, and the rules that look at more than one setting. */
import { isLoopbackAddress, isLoopbackHost } from '../util/index.js';
import { instanceProblem, stayOnThisMachine } from './instances/instance-rules.js';
import { refusePlaceholder } from './secret-rules.js';
import { admissionSection } from './sections/admission.js';
import { authSection } from './sections/auth.js';
import { bootstrapSection } from './sections/bootstrap.js';
import { channelsSection } from './sections/channels.js';
import { debugSection } from './sections/debug.js';
import { imagesSection } from './sections/images.js';
import { lingmaSection } from './sections/lingma.js';
import { loginSection } from './sections/login.js';
import { modelsSection } from './sections/models.js';
import { serverSection } from './sections/server.js';
import { sessionsSection } from './sections/sessions.js';
import { streamingSection } from './sections/streaming.js';
import { toolForwardingSection } from './sections/tool-forwarding.js';
import { usageSection } from './sections/usage.js';
import type { SectionValues, Setting } from './setting.js';

export const SECTIONS = {
  server: serverSection,
  auth: authSection,
  admission: admissionSection,
  lingma: lingmaSection,
  login: loginSection,
  bootstrap: bootstrapSection,
  sessions: sessionsSection,
  usage: usageSection,
  models: modelsSection,
  channels: channelsSection,
  streaming: streamingSection,
  debug: debugSection,
  toolForwarding: toolForwardingSection,
  images: imagesSection,
} as const;

/** Everything an operator can set, checked; durations in milliseconds, secrets wrapped. */
export type GatewayConfig = { readonly [Name in keyof typeof SECTIONS]: SectionValues<(typeof SECTIONS)[Name]> };

export interface RegisteredSetting {
  readonly section: string;
  readonly key: string;
  /** `server.port`: its place in the JSON file and its name in messages. */
  readonly path: string;
  readonly setting: Setting;
}

/** Every setting, in the order of documentation. */
export const REGISTRY: readonly RegisteredSetting[] = Object.entries(SECTIONS).flatMap(([section, settings]) =>
  Object.entries(settings as Readonly<Record<string, Setting>>).map(([key, entry]) => ({
    section,
    key,
    path: `${section}.${key}`,
    setting: entry,
  })),
);

/** Settings that do not go together. */
export interface RuleViolation {
  /** The setting to change. */
  readonly path: string;
  readonly message: string;
  readonly hint: string;
  /** The same for people whose language it is. */
  readonly chinese?: { readonly message: string; readonly hint: string };
}

/** Who asks for commands to be run is on this machine for certain: no name that others may lead elsewhere. */
const isThisMachine = (hostname: string): boolean => hostname === 'localhost' || isLoopbackAddress(hostname);

type Rule = (config: GatewayConfig) => RuleViolation | undefined;

const RULES: readonly Rule[] = [
  refusePlaceholder,
  ({ server, auth }) =>
    isLoopbackHost(server.host) || auth.clientKeys.length + auth.keys.length > 0 || server.allowAnonymous
      ? undefined
      : {
          path: 'server.host',
          message: `${server.host} can be reached from other machines, and no client keys are set`,
          hint: 'set --api-keys (LINGMA_GATEWAY_API_KEYS; "lingma-gateway keys init" makes one and an admin token in .env), listen on 127.0.0.1, or pass --allow-anonymous if everyone may use your Lingma account',
          chinese: {
            message: `${server.host} 可以从其他机器访问，但没有设置客户端密钥`,
            hint: '设置 --api-keys（LINGMA_GATEWAY_API_KEYS；“lingma-gateway keys init”会在 .env 中生成密钥和管理令牌），或改为监听 127.0.0.1；若任何人都可以使用你的灵码账号，加上 --allow-anonymous',
          },
        },
  ({ server, lingma }) =>
    lingma.nativeTools !== 'run' || isLoopbackHost(server.host)
      ? undefined
      : {
          path: 'lingma.nativeTools',
          message: `run lets prompts run commands on this machine, and ${server.host} can be reached from others`,
          hint: 'listen on 127.0.0.1, or leave --native-tools out',
          chinese: {
            message: `run 会让提示词在本机执行命令，而 ${server.host} 可以从其他机器访问`,
            hint: '改为监听 127.0.0.1，或去掉 --native-tools',
          },
        },
  (config) =>
    config.lingma.nativeTools !== 'run' || stayOnThisMachine(config, isThisMachine)
      ? undefined
      : {
          path: 'lingma.nativeTools',
          message: 'run lets Lingma run commands on this machine, and the Lingma given runs on another',
          hint: 'use a Lingma on this machine, or leave --native-tools out',
          chinese: {
            message: 'run 会让灵码在本机执行命令，而给出的灵码运行在另一台机器上',
            hint: '使用本机的灵码，或去掉 --native-tools',
          },
        },
  ({ lingma }) =>
    lingma.transport === 'websocket' && lingma.wsUrl === undefined && (lingma.pipe ?? lingma.socket) !== undefined
      ? {
          path: 'lingma.transport',
          message: 'websocket was chosen, but the address given is a pipe or socket',
          hint: 'leave --transport out, or give --ws-url',
          chinese: {
            message: '选择了 websocket，但给出的地址是管道或 socket',
            hint: '去掉 --transport，或给出 --ws-url',
          },
        }
      : undefined,
  ({ lingma }) =>
    lingma.transport === 'pipe' && lingma.wsUrl !== undefined && (lingma.pipe ?? lingma.socket) === undefined
      ? {
          path: 'lingma.transport',
          message: 'pipe was chosen, but the address given is a WebSocket',
          hint: 'leave --transport out, or give --pipe',
          chinese: { message: '选择了 pipe，但给出的地址是 WebSocket', hint: '去掉 --transport，或给出 --pipe' },
        }
      : undefined,
  ({ channels }) =>
    channels.upstreamUrl !== undefined && channels.list.some(({ name }) => name === 'upstream')
      ? {
          path: 'channels.list',
          message: 'the channel of channels.upstreamUrl is called upstream, and one of the list is, too',
          hint: 'call that one something else, or leave --upstream-url out',
          chinese: {
            message: 'channels.upstreamUrl 的渠道名为 upstream，列表中也有同名渠道',
            hint: '给列表中的渠道换个名字，或去掉 --upstream-url',
          },
        }
      : undefined,
  (config) => {
    const found = instanceProblem(config);
    return (
      found && {
        path: found.path,
        message: found.message.en,
        hint: found.hint.en,
        chinese: { message: found.message['zh-CN'], hint: found.hint['zh-CN'] },
      }
    );
  },
];

export const checkRules = (config: GatewayConfig): readonly RuleViolation[] =>
  RULES.map((rule) => rule(config)).filter((violation) => violation !== undefined);
