/**
 * The configuration file of the Go proxy: one flat object with snake_case members. It is read as it is, so that its users can change
 * programs before they change files.
 */
import type { JsonObject, JsonValue } from '../util/index.js';
import { matchesName } from './name-pattern.js';
import type { Language } from './texts/language.js';

/** A member of older settings files, and the setting it stands for. */
export interface FlatMember {
  /** The setting that it is. */
  readonly path: string;
  /** Its numbers are seconds. */
  readonly unit?: 's';
  /** Numbers from 0 down meant "not set". */
  readonly positive?: true;
  /** Unusable values warn and mean the default. */
  readonly lenient?: true;
}

/** Its members that are settings here. */
export const FLAT_MEMBERS: Readonly<Record<string, FlatMember>> = {
  host: { path: 'server.host' },
  port: { path: 'server.port', positive: true },
  transport: { path: 'lingma.transport' },
  pipe: { path: 'lingma.pipe' },
  websocket_url: { path: 'lingma.wsUrl' },
  cwd: { path: 'lingma.cwd' },
  current_file_path: { path: 'lingma.currentFilePath' },
  mode: { path: 'lingma.mode', lenient: true },
  model: { path: 'models.defaultModel' },
  shell_type: { path: 'lingma.shellType' },
  session_mode: { path: 'lingma.sessionMode' },
  timeout: { path: 'lingma.totalTimeoutMs', unit: 's' },
};

/** Why nothing chooses between ways to Lingma, in the file as in the environment. */
export const ONE_WAY: Readonly<Record<Language, string>> = {
  en: 'there is one way to Lingma here, its local process',
  'zh-CN': '这里只有一种接入方式，即本机的灵码进程',
};

/** Members that have no counterpart; the beginning of several with `*`. */
export const FLAT_MEMBERS_WITHOUT_EFFECT: readonly {
  readonly name: string;
  readonly reason: Readonly<Record<Language, string>>;
}[] = [
  {
    name: 'backend',
    reason: ONE_WAY,
  },
  {
    name: 'remote_*',
    reason: {
      en: "the gateway does not call Lingma's cloud by itself",
      'zh-CN': '网关不会自行调用灵码的云端接口',
    },
  },
];

const UNKNOWN = { en: 'there is no such setting', 'zh-CN': '没有这个设置项' };

/** Told by what it holds: no section of ours, and at least one member of the proxy's. */
export function isFlatFile(root: JsonObject, sections: readonly string[]): boolean {
  const names = Object.keys(root);
  return (
    !names.some((name) => sections.includes(name)) && names.some((name) => name in FLAT_MEMBERS || isDropped(name))
  );
}

export interface FlatValue extends Omit<FlatMember, 'positive'> {
  readonly value: JsonValue;
}

export interface FlatFile {
  readonly values: readonly FlatValue[];
  /** Members without effect, each with the reason. */
  readonly ignored: readonly { readonly name: string; readonly reason: Readonly<Record<Language, string>> }[];
}

export function readFlatFile(root: JsonObject): FlatFile {
  const given = Object.entries(root).filter(([name, value]) => name !== '$schema' && isGiven(value));
  return {
    values: given.flatMap(([name, value]) => {
      const member = FLAT_MEMBERS[name];
      if (member === undefined || (member.positive && Number(value) <= 0)) return [];
      const { positive: _, ...rest } = member;
      // Numbers are in the proxy's unit, so they are read as its text was.
      return [{ ...rest, value: typeof value === 'number' ? String(value) : (value as JsonValue) }];
    }),
    ignored: given
      .filter(([name]) => !(name in FLAT_MEMBERS))
      .map(([name]) => ({ name, reason: isDropped(name)?.reason ?? UNKNOWN })),
  };
}

/** The proxy wrote members out that it had no value for. */
const isGiven = (value: JsonValue | undefined): boolean =>
  value !== undefined && value !== null && !(typeof value === 'string' && value.trim() === '');

const isDropped = (name: string) => FLAT_MEMBERS_WITHOUT_EFFECT.find((member) => matchesName(member.name, name));
