/**
 * Accounts as operators write them: a JSON list, or `user:password` entries between commas and line ends, as the Python
 * gateway took them. What is wrong is told by its place in the list; neither a value nor a member's name is ever repeated, for
 * any of them may be a password in the wrong place.
 */
import * as z from 'zod';
import { nearestName } from '../../util/nearest-name.js';
import { Secret } from '../../util/secret.js';
import { bilingualIssue, type IssueText, issueTexts } from '../texts/bilingual-issue.js';

/** One account, and the Lingma that serves it. User names count as secrets: they stay out of logs and answers. */
export interface AccountConfig {
  /** Of its instance. Default: `inst-<i>`. */
  readonly name?: string;
  /** Its instance's share of the load. Default: 1. */
  readonly weight?: number;
  /** Of its instance's process. Default: by the rules of the pool. */
  readonly workDir?: string;
  readonly username?: Secret;
  readonly password?: Secret;
  /** Wins over {@link sessionBundleFile}. */
  readonly sessionBundle?: Secret;
  readonly sessionBundleFile?: string;
  readonly personalToken?: Secret;
  readonly userId?: Secret;
  readonly accessKey?: Secret;
  readonly secretKey?: Secret;
  readonly orgId?: Secret;
  readonly dedicatedDomainUrl?: string;
  /** Of a Lingma that runs already: it is attached to, never started or stopped. */
  readonly url?: string;
}

/** User ids and codes are often written as numbers. */
const secret = () =>
  z
    .preprocess((value) => (Number.isSafeInteger(value) ? String(value) : value), z.string())
    .transform((text) => new Secret(text))
    .optional();
const text = () => z.string().optional();

export const instanceName = () => z.string().regex(/^[a-z0-9-]{1,32}$/);
export const instanceWeight = () => z.number().positive().max(1000);

/** Passwords go there: never without TLS. */
export const dedicatedDomain = () => z.url({ protocol: /^https$/ }).optional();

const MEMBERS = {
  name: instanceName().optional(),
  weight: instanceWeight().optional(),
  workDir: text(),
  username: secret(),
  password: secret(),
  sessionBundle: secret(),
  sessionBundleFile: text(),
  personalToken: secret(),
  userId: secret(),
  accessKey: secret(),
  secretKey: secret(),
  orgId: secret(),
  dedicatedDomainUrl: dedicatedDomain(),
  url: z.url({ protocol: /^wss?$/ }).optional(),
};
const ACCOUNT = z.object(MEMBERS);

/** Members that may also be `<member>File`: read before the schema sees the account. */
export const MEMBERS_IN_FILES = [
  'username',
  'password',
  'personalToken',
  'userId',
  'accessKey',
  'secretKey',
  'orgId',
] as const;
const FILES = Object.fromEntries(MEMBERS_IN_FILES.map((name) => [`${name}File`, text()]));

/** What the file takes, for its JSON Schema. */
export const ACCOUNTS_AS_WRITTEN = z.array(z.union([z.string(), z.object({ ...MEMBERS, ...FILES })]));

const NEEDS: IssueText = {
  en: 'needs username and password, sessionBundle, personalToken and userId, accessKey and secretKey, or url',
  'zh-CN': '需要 username 和 password，或 sessionBundle，或 personalToken 和 userId，或 accessKey 和 secretKey，或 url',
};
const NO_COLON: IssueText = { en: 'must be user:password', 'zh-CN': '应为 user:password' };
const NOT_AN_ACCOUNT: IssueText = { en: 'must be an object, or user:password', 'zh-CN': '应为对象或 user:password' };
const NOT_JSON: IssueText = { en: 'is not valid JSON', 'zh-CN': '不是合法的 JSON' };
const NOT_A_LIST: IssueText = { en: 'must be a list', 'zh-CN': '应为列表' };

/** True when there is something to sign in with, or a Lingma that somebody signed in to. */
export function isUsableAccount(account: AccountConfig): boolean {
  return canSignIn(account) || account.url !== undefined;
}

export function canSignIn(account: AccountConfig): boolean {
  return hasLoginWay(account) || (account.sessionBundle ?? account.sessionBundleFile) !== undefined;
}

/** Something that a process can be signed in with once it runs. */
export function hasLoginWay(account: AccountConfig): boolean {
  const both = (left: unknown, right: unknown): boolean => left !== undefined && right !== undefined;
  return (
    both(account.username, account.password) ||
    both(account.personalToken, account.userId) ||
    both(account.accessKey, account.secretKey)
  );
}

const accounts = z.array(z.custom<AccountConfig>()).readonly().default([]);

/** Text or a list, as the environment and the file have it. */
export const accountsSchema = z.preprocess((written, ctx) => {
  if (written === undefined) return undefined;
  const read = entriesOf(written);
  if ('issue' in read) return bilingualIssue(ctx, read.issue);
  return read.entries.map((entry, index) => {
    const parsed = parseEntry(entry);
    return 'issue' in parsed ? bilingualIssue(ctx, atEntry(index, parsed.issue)) : parsed.account;
  });
}, accounts);

/** More processes than any machine holds; each is compared with the others. */
export const MAX_INSTANCES = 256;

const TOO_MANY: IssueText = {
  en: `must have no more than ${MAX_INSTANCES} entries`,
  'zh-CN': `最多只能有 ${MAX_INSTANCES} 项`,
};

/** The entries as they stand, or what is wrong with the whole. */
export function entriesOf(written: unknown): { readonly entries: readonly unknown[] } | { readonly issue: IssueText } {
  const read = readEntries(written);
  return 'entries' in read && read.entries.length > MAX_INSTANCES ? { issue: TOO_MANY } : read;
}

function readEntries(written: unknown): { readonly entries: readonly unknown[] } | { readonly issue: IssueText } {
  if (typeof written !== 'string') return Array.isArray(written) ? { entries: written } : { issue: NOT_A_LIST };
  const trimmed = written.trim();
  if (/^[[{]/.test(trimmed)) {
    try {
      const list = JSON.parse(trimmed) as unknown;
      return { entries: Array.isArray(list) ? list : [list] };
    } catch {
      // The parser's own words quote what it read.
      return { issue: NOT_JSON };
    }
  }
  const entries = trimmed.split(/[,\r\n]/).map((entry) => entry.trim());
  return { entries: entries.filter((entry) => entry !== '') };
}

/** "at entry 2: …", counted as people count. */
export const atEntry = (index: number, issue: IssueText): IssueText => ({
  en: `entry ${index + 1} ${issue.en}`,
  'zh-CN': `第 ${index + 1} 项：${issue['zh-CN']}`,
});

type ParsedEntry = { readonly account: AccountConfig } | { readonly issue: IssueText };

function parseEntry(entry: unknown): ParsedEntry {
  if (typeof entry === 'string') return parsePair(entry);
  const members = membersOf(entry);
  if (members === undefined) return { issue: NOT_AN_ACCOUNT };
  const issue = unknownMember(members, Object.keys(MEMBERS));
  if (issue !== undefined) return { issue };
  const parsed = ACCOUNT.safeParse(members);
  if (!parsed.success) return { issue: issueTexts(ACCOUNT, members) };
  const account = parsed.data as AccountConfig;
  return isUsableAccount(account) ? { account } : { issue: NEEDS };
}

/** Only the first colon parts: passwords may hold more. */
function parsePair(entry: string): ParsedEntry {
  const colon = entry.indexOf(':');
  const username = entry.slice(0, Math.max(0, colon)).trim();
  const password = entry.slice(colon + 1).trim();
  if (username === '' || password === '') return { issue: NO_COLON };
  return { account: { username: new Secret(username), password: new Secret(password) } };
}

/** In our spelling, without what is blank; undefined for what is no object. */
export function membersOf(entry: unknown): Record<string, unknown> | undefined {
  if (typeof entry !== 'object' || entry === null || Array.isArray(entry)) return undefined;
  const given = Object.entries(entry).filter(([, value]) => !isBlank(value));
  return Object.fromEntries(given.map(([name, value]) => [inCamelCase(name), value]));
}

const isBlank = (value: unknown): boolean => value === null || (typeof value === 'string' && value.trim() === '');

const inCamelCase = (name: string): string => name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());

export function unknownMember(members: object, known: readonly string[]): IssueText | undefined {
  const unknown = Object.keys(members).find((name) => !known.includes(name));
  if (unknown === undefined) return undefined;
  const nearest = nearestName(unknown, known);
  return {
    en: `has a member that is not known${nearest === undefined ? `; there are ${known.join(', ')}` : `; did you mean ${nearest}?`}`,
    'zh-CN': `含有未知的成员${nearest === undefined ? `；可用的有 ${known.join('、')}` : `；是不是想写 ${nearest}？`}`,
  };
}
