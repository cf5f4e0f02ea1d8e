/** What `serve` prints once it listens: what answers, where, and lines to paste. Pure text; never a key. */
import type { ChannelReport, InstanceStatus } from '@lingma-gateway/core';
import type { ModelInfo } from '@lingma-gateway/core/chat';
import { describeError, describeLingma, type LingmaFinding } from '../compose/lingma-finding.js';
import { createStyle, type Style } from '../terminal/style.js';
import { displayWidth } from '../terminal/table.js';
import { ENGLISH, type Messages } from '../text/english.js';

export interface AnnouncementFacts {
  /** `http://127.0.0.1:8317` */
  readonly url: string;
  readonly finding: LingmaFinding;
  /** All that there are; told one by one where they are several. */
  readonly instances?: readonly InstanceStatus[];
  readonly demo?: { readonly address: string; readonly asked: boolean };
  /** As the settings list them; Lingma's own is told of above them. Default: none. */
  readonly channels?: readonly Pick<ChannelReport, 'name' | 'type' | 'state' | 'models'>[];
  /** Absent: they could not be had, for `modelsFailure`. */
  readonly models?: readonly ModelInfo[];
  readonly modelsFailure?: string;
  /** Whether clients must send a key. */
  readonly needsKey: boolean;
  readonly platform: NodeJS.Platform;
  /** Default: English. */
  readonly text?: Messages;
  /** Default: no colour. */
  readonly style?: Style;
}

/** How a shell quotes a text and names a variable. */
interface Shell {
  readonly curl: string;
  readonly quote: (text: string) => string;
  readonly variable: (name: string) => string;
  /** For one command. */
  readonly assign: (name: string, value: string) => string;
  /** For all that follow. */
  readonly define: (name: string, value: string) => string;
}

const POSIX_SHELL: Shell = {
  curl: 'curl',
  quote: (text) => `'${text.replaceAll("'", "'\\''")}'`,
  variable: (name) => `$${name}`,
  assign: (name, value) => `${name}="${value}" `,
  define: (name, value) => `export ${name}='${value}'`,
};

/** cmd.exe: single quotes mean nothing there. */
const WINDOWS_SHELL: Shell = {
  curl: 'curl.exe',
  quote: (text) => `"${text.replaceAll('"', '\\"')}"`,
  variable: (name) => `%${name}%`,
  assign: (name, value) => `set "${name}=${value}" && `,
  define: (name, value) => `set "${name}=${value}"`,
};

const KEY_VARIABLE = 'LINGMA_GATEWAY_KEY';

export function announcement(facts: AnnouncementFacts): string {
  const { url, models = [], needsKey } = facts;
  const { text = ENGLISH, style = createStyle({}, {}) } = facts;
  const { banner } = text;
  const line = labelled(style);
  // What is pasted into cmd.exe goes through its code page, which is not that of JSON.
  const hello = [{ role: 'user', content: facts.platform === 'win32' ? ENGLISH.banner.sayHello : banner.sayHello }];
  const shell = facts.platform === 'win32' ? WINDOWS_SHELL : POSIX_SHELL;
  const model = (models.find(({ isDefault }) => isDefault) ?? models[0])?.id ?? 'auto';
  const key = needsKey ? shell.variable(KEY_VARIABLE) : 'any';
  const lines = [
    ...lingmaLines({ ...facts, text, style }),
    line(banner.baseUrl, banner.baseUrls(url)),
    ...channelLines(facts.channels ?? [], { line, text, style }),
    line(banner.models, modelsText(facts, text)),
    '',
    style.bold(banner.tryIt),
    '',
    ...(needsKey ? [shell.define(KEY_VARIABLE, banner.oneOfYourKeys)] : []),
    curlLine(shell, `${url}/v1/chat/completions`, needsKey ? [`Authorization: Bearer ${key}`] : [], {
      model,
      messages: hello,
    }),
    curlLine(
      shell,
      `${url}/v1/messages`,
      [...(needsKey ? [`x-api-key: ${key}`] : []), 'anthropic-version: 2023-06-01'],
      {
        model,
        max_tokens: 1024,
        messages: hello,
      },
    ),
    '',
    style.bold(banner.claudeCode),
    '',
    // A key of the maker's own, left in the environment, would be sent along and asked about.
    `${shell.assign('ANTHROPIC_BASE_URL', url)}${shell.assign('ANTHROPIC_AUTH_TOKEN', key)}${shell.assign('ANTHROPIC_API_KEY', '')}claude`,
    '',
    style.bold(banner.codex),
    '',
    `model = ${JSON.stringify(model)}`,
    'model_provider = "lingma"',
    '',
    '[model_providers.lingma]',
    'name = "Lingma"',
    `base_url = "${url}/v1"`,
    'wire_api = "responses"',
    ...(needsKey ? [`env_key = "${KEY_VARIABLE}"`] : []),
    '',
  ];
  return lines.join('\n');
}

/** The labels' column, wide enough for the longest of either language. */
const COLUMN = 12;
const INDENT = ' '.repeat(COLUMN);

const labelled =
  (style: Style) =>
  (label: string, value: string): string =>
    `${style.bold(label)}${' '.repeat(Math.max(1, COLUMN - displayWidth(label)))}${value}`;

function lingmaLines(facts: AnnouncementFacts & { text: Messages; style: Style }): string[] {
  const { finding, demo, text, style } = facts;
  const { banner } = text;
  const line = labelled(style);
  if (demo !== undefined) {
    const how = demo.asked ? banner.demoAsked(demo.address) : banner.demoFallback(demo.address);
    return [
      line(banner.lingma, how),
      `${INDENT}${style.yellow(banner.simulated)} ${demo.asked ? banner.withoutDemo : banner.startLingma}`,
      ...(demo.asked ? [] : [`${INDENT}${banner.giveAddress}`]),
    ];
  }
  const instances = facts.instances ?? [];
  if (instances.length > 1) return instanceLines(instances, { line, text, style });
  if (finding.found) {
    const found = line(banner.lingma, banner.foundAt(describeLingma(finding.status, text)));
    if (finding.status.loggedIn !== false) return [found];
    const advice = finding.status.isAgent === true ? banner.signIn : banner.logIn;
    return [found, `${INDENT}${style.yellow(advice)}`];
  }
  const reason = describeError(finding.error, text);
  return [
    line(banner.lingma, style.yellow(finding.absent ? banner.notThere(reason) : banner.notAnswering(reason))),
    `${INDENT}${banner.lookedForAgain}`,
  ];
}

function instanceLines(
  instances: readonly InstanceStatus[],
  { line, text, style }: { line: (label: string, value: string) => string; text: Messages; style: Style },
): string[] {
  const { banner } = text;
  const ready = instances.filter((instance) => instance.ready && instance.loggedIn !== false).length;
  const count = banner.readyOf(ready, instances.length);
  const width = Math.max(...instances.map(({ name }) => name.length)) + 2;
  return [
    line(banner.lingma, ready === instances.length ? count : style.yellow(count)),
    ...instances.map((instance) => {
      const { name, state, lastError } = instance;
      const label = `${INDENT}${name.padEnd(width)}`;
      if (instance.ready) return `${label}${describeLingma(instance, text)}`;
      return `${label}${style.yellow(banner.inState(banner.states[state], lastError))}`;
    }),
    ...adviceFor(instances, banner).map((advice) => `${INDENT}${style.yellow(advice)}`),
    ...(ready === 0 ? [`${INDENT}${banner.lookedForAgain}`] : []),
  ];
}

/** How to log in where nobody is: an agent's login is not Lingma's. */
function adviceFor(instances: readonly InstanceStatus[], { signIn, logIn }: Messages['banner']): readonly string[] {
  const loggedOut = instances.filter(({ loggedIn }) => loggedIn === false);
  return [...new Set(loggedOut.map(({ isAgent }) => (isAgent === true ? signIn : logIn)))];
}

/** Names of models that a line has room for. */
const SHOWN_MODELS = 12;

function channelLines(
  channels: NonNullable<AnnouncementFacts['channels']>,
  { line, text, style }: { line: (label: string, value: string) => string; text: Messages; style: Style },
): string[] {
  const { banner } = text;
  const others = channels.filter(({ type }) => type !== 'lingma');
  return others.map(({ name, state, models }, at) => {
    const resting = state === 'enabled' ? '' : style.yellow(banner.outOfUse(text.channels.states[state]));
    const serves = models.length === 0 ? banner.listsNothing : shortened(models, banner);
    const value = `${name}${resting}${banner.of}${serves}`;
    return at === 0 ? line(banner.channels, value) : `${INDENT}${value}`;
  });
}

const shortened = (names: readonly string[], { andMore }: Messages['banner']): string =>
  names.length <= SHOWN_MODELS
    ? names.join(', ')
    : `${names.slice(0, SHOWN_MODELS).join(', ')}${andMore(names.length - SHOWN_MODELS)}`;

function modelsText({ models = [], modelsFailure, channels = [] }: AnnouncementFacts, { banner }: Messages): string {
  const listed = models.filter(({ aliasOf }) => aliasOf === undefined);
  if (listed.length > 0) {
    const names = listed.map(({ id, isDefault }) => (isDefault ? `${id}${banner.isDefault}` : id));
    return shortened(names, banner);
  }
  const patterns = channels.filter(({ state }) => state === 'enabled').flatMap(({ models: named }) => named);
  return patterns.length > 0
    ? banner.matching(shortened(patterns, banner))
    : banner.noModels(modelsFailure ?? (channels.length > 0 ? banner.channelsListNone : banner.listsNone));
}

/** Further flags may follow when it is pasted. */
function curlLine(shell: Shell, url: string, headers: readonly string[], body: object): string {
  const written = ['content-type: application/json', ...headers].map((header) =>
    // A variable must be expanded, which single quotes prevent.
    header.includes(KEY_VARIABLE) ? `-H "${header}"` : `-H ${shell.quote(header)}`,
  );
  return [shell.curl, url, ...written, '-d', shell.quote(JSON.stringify(body))].join(' ');
}
