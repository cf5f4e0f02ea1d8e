/** What `serve` prints once it listens: what answers, where, and lines to paste. Pure text; never a key. */
import type { ModelInfo } from '@lingma-gateway/core/chat';
import { describeLingma, type LingmaFinding } from './lingma-finding.js';

export interface AnnouncementFacts {
  /** `http://127.0.0.1:8317` */
  readonly url: string;
  readonly finding: LingmaFinding;
  readonly demo?: { readonly address: string; readonly asked: boolean };
  /** Absent: they could not be had, for `modelsFailure`. */
  readonly models?: readonly ModelInfo[];
  readonly modelsFailure?: string;
  /** Whether clients must send a key. */
  readonly needsKey: boolean;
  readonly platform: NodeJS.Platform;
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
  const shell = facts.platform === 'win32' ? WINDOWS_SHELL : POSIX_SHELL;
  const model = (models.find(({ isDefault }) => isDefault) ?? models[0])?.id ?? 'auto';
  const key = needsKey ? shell.variable(KEY_VARIABLE) : 'any';
  const lines = [
    ...lingmaLines(facts),
    `Base URL    ${url}/v1 for OpenAI clients, ${url} for Anthropic clients`,
    `Models      ${modelsText(facts)}`,
    '',
    'Try it:',
    '',
    ...(needsKey ? [shell.define(KEY_VARIABLE, 'one of your client keys')] : []),
    curlLine(shell, `${url}/v1/chat/completions`, needsKey ? [`Authorization: Bearer ${key}`] : [], {
      model,
      messages: HELLO,
    }),
    curlLine(
      shell,
      `${url}/v1/messages`,
      [...(needsKey ? [`x-api-key: ${key}`] : []), 'anthropic-version: 2023-06-01'],
      {
        model,
        max_tokens: 1024,
        messages: HELLO,
      },
    ),
    '',
    'Claude Code:',
    '',
    // A key of the maker's own, left in the environment, would be sent along and asked about.
    `${shell.assign('ANTHROPIC_BASE_URL', url)}${shell.assign('ANTHROPIC_AUTH_TOKEN', key)}${shell.assign('ANTHROPIC_API_KEY', '')}claude`,
    '',
    'Codex, in ~/.codex/config.toml:',
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

const HELLO = [{ role: 'user', content: 'Say hello in one sentence.' }];
const INDENT = ' '.repeat(12);

function lingmaLines({ finding, demo }: AnnouncementFacts): string[] {
  if (demo !== undefined) {
    return [
      `Lingma      ${demo.asked ? 'not looked for' : 'none found'}: started the bundled simulator at ${demo.address}`,
      `${INDENT}ANSWERS ARE SIMULATED. ${
        demo.asked
          ? 'For real ones start without --demo.'
          : 'For real ones start Lingma, or the IDE with its plug-in, then start this again;'
      }`,
      ...(demo.asked ? [] : [`${INDENT}or give its address: --ws-url, --pipe, --work-dir.`]),
    ];
  }
  if (finding.found) {
    const line = `Lingma      found at ${describeLingma(finding.status)}`;
    if (finding.status.loggedIn !== false) return [line];
    return [line, `${INDENT}Log in with the IDE's plug-in; requests are refused until then.`];
  }
  const problem = finding.absent ? 'not there yet' : 'there, but not answering';
  return [
    `Lingma      ${problem}: ${finding.reason}`,
    `${INDENT}It is looked for again on each request. lingma-gateway doctor tells more.`,
  ];
}

function modelsText({ models, modelsFailure }: AnnouncementFacts): string {
  if (models === undefined || models.length === 0) return `none yet: ${modelsFailure ?? 'Lingma lists none'}`;
  return models
    .filter(({ aliasOf }) => aliasOf === undefined)
    .map(({ id, isDefault }) => (isDefault ? `${id} (default)` : id))
    .join(', ');
}

/** Further flags may follow when it is pasted. */
function curlLine(shell: Shell, url: string, headers: readonly string[], body: object): string {
  const written = ['content-type: application/json', ...headers].map((header) =>
    // A variable must be expanded, which single quotes prevent.
    header.includes(KEY_VARIABLE) ? `-H "${header}"` : `-H ${shell.quote(header)}`,
  );
  return [shell.curl, url, ...written, '-d', shell.quote(JSON.stringify(body))].join(' ');
}
