/** Instances of the pool that run already: the gateway attaches to them and never starts, stops or kills one. */
import * as z from 'zod';
import { bilingualIssue, type IssueText, issueTexts } from '../texts/bilingual-issue.js';
import { atEntry, entriesOf, instanceName, instanceWeight, membersOf, unknownMember } from './account.js';

/** One of several running Lingmas, as the settings name them. */
export interface InstanceConfig {
  /** Default: `inst-<i>`. */
  readonly name?: string;
  /** Its share of the load. Default: 1. */
  readonly weight?: number;
  /** One of these three tells where it is. */
  readonly wsUrl?: string;
  /** Named pipe, or unix socket. */
  readonly pipe?: string;
  readonly infoFile?: string;
}

const MEMBERS = {
  name: instanceName().optional(),
  weight: instanceWeight().optional(),
  wsUrl: z.url({ protocol: /^wss?$/ }).optional(),
  pipe: z.string().optional(),
  infoFile: z.string().optional(),
};
const INSTANCE = z.object(MEMBERS);

/** What the file takes, for its JSON Schema. */
export const INSTANCES_AS_WRITTEN = z.array(INSTANCE);

const ONE_ADDRESS: IssueText = {
  en: 'needs one of wsUrl, pipe and infoFile',
  'zh-CN': '需要 wsUrl、pipe、infoFile 中的一个',
};
const NOT_AN_INSTANCE: IssueText = { en: 'must be an object', 'zh-CN': '应为对象' };

const instances = z.array(z.custom<InstanceConfig>()).readonly().default([]);

/** A list, or the JSON text of one. */
export const instancesSchema = z.preprocess((written, ctx) => {
  if (written === undefined) return undefined;
  const read = entriesOf(written);
  if ('issue' in read) return bilingualIssue(ctx, read.issue);
  return read.entries.map((entry, index) => {
    const parsed = parseInstance(entry);
    return 'issue' in parsed ? bilingualIssue(ctx, atEntry(index, parsed.issue)) : parsed.instance;
  });
}, instances);

function parseInstance(entry: unknown): { readonly instance: InstanceConfig } | { readonly issue: IssueText } {
  const members = membersOf(entry);
  if (members === undefined) return { issue: NOT_AN_INSTANCE };
  const issue = unknownMember(members, Object.keys(MEMBERS));
  if (issue !== undefined) return { issue };
  const parsed = INSTANCE.safeParse(members);
  if (!parsed.success) return { issue: issueTexts(INSTANCE, members) };
  const { wsUrl, pipe, infoFile } = parsed.data;
  const addresses = [wsUrl, pipe, infoFile].filter((address) => address !== undefined);
  return addresses.length === 1 ? { instance: parsed.data as InstanceConfig } : { issue: ONE_ADDRESS };
}
