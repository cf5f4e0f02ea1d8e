/** `lingma-gateway channels`: how the channels of a gateway that runs fare; one is tried, taken out, or put back. */
import { CommandFailure, retold } from '../operator/command-failure.js';
import { loadClientSettings } from '../operator/lingma-session.js';
import { operatorKey, routeCaller } from '../operator/operator.js';
import { findRunningGateway, reachableHost } from '../serve/running-gateway.js';
import { UsageError } from '../settings/command-line.js';
import { renderTable } from '../terminal/table.js';
import type { Terminal } from '../terminal/terminal.js';
import type { RunCommand } from './run-command.js';

/** As the operator's routes have it. */
interface ChannelBody {
  readonly name: string;
  readonly type: string;
  readonly state: string;
  readonly reason?: string | null;
  readonly priority: number;
  readonly models: readonly string[];
  readonly keys: number;
  readonly keys_ready: number;
  readonly in_flight: number;
  readonly requests_total: number;
  readonly failures_total: number;
}

interface TestBody {
  readonly ok: boolean;
  readonly ms: number;
  readonly status: number | null;
  readonly model: string;
  readonly error: string | null;
}

interface ListBody {
  readonly channels: readonly ChannelBody[];
}

type Call = ReturnType<typeof routeCaller>;

const OWN_FLAGS = ['json', 'model'];
const STEPS = ['list', 'test', 'enable', 'disable'] as const;

export const channels: RunCommand = async ({ flags, words }, terminal) => {
  const { text } = terminal;
  const [step = 'list', name, ...rest] = words;
  const known = STEPS.find((each) => each === step);
  const takesName = known !== 'list';
  if (known === undefined || rest.length > 0 || takesName !== (name !== undefined)) {
    throw new UsageError(text.channels.steps);
  }
  if (flags.model !== undefined && known !== 'test') throw new UsageError(text.channels.modelForTest);
  const call = await callerOf(flags, terminal);
  const inJson = (body: unknown): void => terminal.print(`${JSON.stringify(body, null, 2)}\n`);
  const { channels: all } = await call<ListBody>('GET', '/internal/channels');
  if (name === undefined) {
    if (flags.json === true) inJson(all);
    else terminal.print(all.length === 0 ? `${text.channels.none}\n` : tableOf(all, terminal));
    return;
  }
  const names = all.map((each) => each.name);
  if (!names.includes(name)) throw new CommandFailure(text.channels.noSuch(name, names.join(', ') || '–'));
  const path = `/internal/channels/${encodeURIComponent(name)}`;
  if (known === 'test') {
    const result = await retold({ invalid_request: text.channels.noModel(name) }, () =>
      call<TestBody>('POST', `${path}/test`, { model: flags.model }),
    );
    if (flags.json === true) inJson(result);
    const { ok, model, ms, status, error } = result;
    if (!ok) throw new CommandFailure(text.channels.failed(name, model, status, error ?? ''));
    if (flags.json !== true) terminal.print(`${text.channels.answers(name, model, ms)}\n`);
    return;
  }
  const channel = await call<ChannelBody>('POST', `${path}/${known}`);
  if (flags.json === true) inJson(channel);
  else terminal.print(`${text.channels.now(name, stateOf(channel, terminal))}\n`);
};

async function callerOf(flags: Parameters<RunCommand>[0]['flags'], terminal: Terminal): Promise<Call> {
  const settings = Object.fromEntries(Object.entries(flags).filter(([name]) => !OWN_FLAGS.includes(name)));
  const { config } = loadClientSettings(settings, terminal);
  const key = operatorKey(config, terminal.env);
  const running = await findRunningGateway(config.server, key);
  if (running === undefined) {
    const { host, port } = config.server;
    throw new CommandFailure(terminal.text.channels.noGateway(`http://${reachableHost(host)}:${port}`));
  }
  const call = routeCaller((path, init) => fetch(`${running.url}${path}`, init), key);
  const { notAdmitted, notSteered } = terminal.text.channels;
  const words = { invalid_api_key: notAdmitted(running.url), admin_disabled: notSteered(running.url) };
  return (method, path, query, body) => retold(words, () => call(method, path, query, body));
}

const stateOf = ({ state }: ChannelBody, { text }: Terminal): string =>
  (text.channels.states as Readonly<Record<string, string>>)[state] ?? state;

/** Names of models that a line has room for. */
const SHOWN_MODELS = 4;

function tableOf(all: readonly ChannelBody[], terminal: Terminal): string {
  const rows = all.map((channel) => {
    const { name, type, priority, keys, keys_ready, models, reason } = channel;
    const more = models.length > SHOWN_MODELS ? ` +${models.length - SHOWN_MODELS}` : '';
    return [
      ...[name, type, stateOf(channel, terminal), String(priority), `${keys_ready}/${keys}`],
      ...[channel.in_flight, channel.requests_total, channel.failures_total].map(String),
      `${models.slice(0, SHOWN_MODELS).join(', ')}${more}`,
      reason ?? '',
    ];
  });
  return renderTable(terminal.text.channels.head, rows);
}
