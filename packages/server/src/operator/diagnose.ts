/** The checks behind `doctor`, in the order in which a request would meet what they check. */
import { homedir } from 'node:os';
import { resolve } from 'node:path';
import { type AgentPlace, GatewayError, inspectAgent, inspectLingma, installedAgents } from '@lingma-gateway/core';
import { type LoadedConfig, lingmaSource } from '@lingma-gateway/core/config';
import { describeError, type LingmaFinding } from '../compose/lingma-finding.js';
import { VERSION } from '../compose/version.js';
import { listen } from '../serve/listen.js';
import { type AnswerPiece, findRunningGateway } from '../serve/running-gateway.js';
import type { Terminal } from '../terminal/terminal.js';
import type { Messages } from '../text/messages.js';
import { askChannel } from './ask-channel.js';
import type { LingmaSession } from './lingma-session.js';

export interface Check {
  readonly id: keyof Messages['doctor']['names'];
  /** `note`: worth knowing, no failure. `skipped`: could not be checked, because something before it failed. */
  readonly verdict: 'ok' | 'fail' | 'note' | 'skipped';
  readonly detail: string;
  /** On failures: what to do. */
  readonly advice?: string;
  /** Places that were looked at. */
  readonly looked?: readonly { readonly place: string; readonly verdict: string; readonly detail?: string }[];
}

const TEST_PROMPT = 'Reply with the single word: pong';

/** A Lingma that says nothing for so long is not well, whatever requests are given. */
const TEST_TURN_MS = 30_000;

/** One by one, as soon as each is known. */
export async function* diagnose(session: LingmaSession, terminal: Terminal): AsyncGenerator<Check> {
  const { loaded, logger, composition, runningGateway } = session;
  const { text } = terminal;
  const { doctor } = text;
  const { channel } = composition.gateway;
  yield { id: 'version', verdict: 'ok', detail: `lingma-gateway ${VERSION}, Node ${process.versions.node}` };
  for (const { subject, message } of loaded.warnings) {
    yield { id: 'settings', verdict: 'note', detail: `${subject}: ${message}` };
  }
  const finding = await composition.finding;
  yield checkDiscovery(session, finding, terminal);
  yield* checkAgents(session, terminal);
  yield* checkBinaries(session, terminal);
  const logIn = finding.found && finding.status.isAgent === true ? doctor.signIn : doctor.logIn;
  if (finding.found) {
    const { server, address = '', dialect, loggedIn, isAgent } = finding.status;
    const ofLingma = /^wss?:/.test(address) ? doctor.webSocket : doctor.pipeOrSocket;
    const way = isAgent === true && !/[:\\/]/.test(address) ? doctor.standardStreams : ofLingma;
    yield { id: 'connection', verdict: 'ok', detail: `${address} (${way})` };
    yield { id: 'product', verdict: 'ok', detail: server || doctor.unnamed };
    yield dialect === undefined
      ? { id: 'dialect', verdict: 'skipped', detail: doctor.dialectUnknown }
      : { id: 'dialect', verdict: 'ok', detail: dialect };
    yield checkLogin(loggedIn, logIn, text);
    yield attempt(
      'models',
      text,
      async () => {
        const { signal } = new AbortController();
        const listed = await channel.listModels({ requestId: 'doctor', signal, logger });
        const models = listed.filter(({ id, upstreamId }) => id === upstreamId);
        if (models.length === 0) throw new GatewayError('upstream_error', doctor.listsNone);
        return models.map(({ id, isDefault }) => (isDefault ? `${id}${text.banner.isDefault}` : id)).join(', ');
      },
      logIn,
    );
    yield attempt(
      'turn',
      text,
      () => testTurn((signal) => textOf(askChannel(channel, { prompt: TEST_PROMPT }, { signal, logger })), text),
      logIn,
    );
  } else if (runningGateway !== undefined) {
    yield attempt('models', text, async () => (await runningGateway.listModels()).map(({ id }) => id).join(', '));
    yield attempt('turn', text, () =>
      testTurn((signal) => textOf(runningGateway.ask({ prompt: TEST_PROMPT }, signal)), text),
    );
  } else {
    for (const id of ['login', 'models', 'turn'] as const) {
      yield { id, verdict: 'skipped', detail: doctor.needsLingma };
    }
  }
  yield checkPort(loaded, text);
}

async function testTurn(ask: (signal: AbortSignal) => Promise<string>, { doctor }: Messages): Promise<string> {
  const startedAt = performance.now();
  const limit = new AbortController();
  const timer = setTimeout(
    () => limit.abort(new GatewayError('upstream_timeout', doctor.noAnswer(TEST_TURN_MS / 1000))),
    TEST_TURN_MS,
  );
  try {
    const answer = (await ask(limit.signal)).trim();
    if (answer === '') throw new GatewayError('upstream_error', doctor.emptyAnswer);
    return doctor.answeredIn(JSON.stringify(answer.slice(0, 80)), Math.round(performance.now() - startedAt));
  } finally {
    clearTimeout(timer);
  }
}

async function textOf(pieces: AsyncIterable<AnswerPiece>): Promise<string> {
  let answer = '';
  for await (const piece of pieces) {
    if (piece.type === 'text') answer += piece.delta;
  }
  return answer;
}

async function checkDiscovery(session: LingmaSession, finding: LingmaFinding, terminal: Terminal): Promise<Check> {
  const { loaded, composition, runningGateway } = session;
  const { text, env } = terminal;
  const { doctor } = text;
  if (composition.demo !== undefined) {
    return { id: 'lingma', verdict: 'ok', detail: doctor.simulatorAt(composition.demo.address) };
  }
  const agent = await inspectAgent(loaded.config, env);
  if (agent !== undefined) return checkAgent(agent, finding, text);
  const { looked } = await inspectLingma(loaded.config, { env });
  const telling = looked.filter(({ verdict }) => verdict !== 'absent');
  const lines = telling.map(
    ({ place, verdict, detail }) => `${verdict}: ${place}${detail === undefined ? '' : ` (${detail})`}`,
  );
  const nothing = looked.length - telling.length;
  if (nothing > 0) lines.push(doctor.places(nothing, telling.length > 0));
  const detail = lines.join('\n');
  if (finding.found) return { id: 'lingma', verdict: 'ok', detail, looked };
  const reason = describeError(finding.error, text);
  if (runningGateway !== undefined) {
    return {
      id: 'lingma',
      verdict: 'note',
      detail: `${reason}\n${detail}\n${doctor.gatewayAnswers(runningGateway.url)}`,
      looked,
    };
  }
  return {
    id: 'lingma',
    verdict: 'fail',
    detail: `${reason}\n${detail}`,
    advice: finding.absent ? doctor.startLingma : doctor.notAsLingma,
    looked,
  };
}

function checkAgent({ name, program, package: npm }: AgentPlace, finding: LingmaFinding, text: Messages): Check {
  const { doctor } = text;
  if (program === undefined) {
    return { id: 'lingma', verdict: 'fail', detail: doctor.agentMissing(name), advice: doctor.installAgent(npm) };
  }
  const detail = doctor.agentAt(name, program);
  if (finding.found) return { id: 'lingma', verdict: 'ok', detail };
  const reason = describeError(finding.error, text);
  return { id: 'lingma', verdict: 'fail', detail: `${reason}\n${detail}`, advice: doctor.debug };
}

/** What could answer in the place of a Lingma, where none is spoken of. */
async function* checkAgents({ loaded, composition }: LingmaSession, { text, env }: Terminal): AsyncGenerator<Check> {
  if (composition.demo !== undefined || (await inspectAgent(loaded.config, env)) !== undefined) return;
  const installed = await installedAgents(env);
  if (installed.length === 0) return;
  const list = installed.map(({ name, program }) => `${name} (${program})`).join(', ');
  yield { id: 'agents', verdict: 'note', detail: text.doctor.installedAgents(list) };
}

/** Every Lingma that the gateway could start, the one that it would start first. */
async function* checkBinaries({ loaded, composition }: LingmaSession, { text, env }: Terminal): AsyncGenerator<Check> {
  const { config, origins } = loaded;
  if (composition.demo !== undefined || (await inspectAgent(config, env)) !== undefined) return;
  const { findBinaries, isSupported, platformOf, programVersion } = await import('@lingma-gateway/bootstrap');
  if (!isSupported(process.platform, process.arch)) return;
  const { doctor } = text;
  const found = await findBinaries({
    ...{ node: process.platform, platform: platformOf(process.platform, process.arch), homedir: homedir(), env },
    bin: resolve(config.lingma.dataDir, 'bin'),
  });
  const isManaged = lingmaSource(config, origins) === 'managed';
  const given = isManaged && config.lingma.bin !== undefined;
  if (found.length === 0) {
    if (isManaged && !given) yield { id: 'binaries', verdict: 'note', detail: doctor.noBinaries };
    return;
  }
  const { signal } = new AbortController();
  const lines: string[] = [];
  for (const { version, path, product, isDamaged } of found) {
    const line = doctor.binary(version ?? (await programVersion(path, env, signal)), path, product);
    lines.push(isDamaged ? `${line}: ${doctor.damaged}` : line);
  }
  yield { id: 'binaries', verdict: isManaged ? 'ok' : 'note', detail: lines.join('\n') };
}

function checkLogin(loggedIn: boolean | undefined, logIn: string, { doctor, lingma }: Messages): Check {
  if (loggedIn === undefined) return { id: 'login', verdict: 'note', detail: doctor.loginUnknown };
  if (loggedIn) return { id: 'login', verdict: 'ok', detail: lingma.loggedIn };
  return { id: 'login', verdict: 'fail', detail: doctor.nobodyLoggedIn, advice: logIn };
}

async function checkPort({ config }: LoadedConfig, text: Messages): Promise<Check> {
  const { host, port } = config.server;
  const { doctor } = text;
  try {
    const listening = await listen({ host, port, text, handler: (_, response) => response.end() });
    listening.destroy();
    return { id: 'port', verdict: 'ok', detail: port === 0 ? doctor.anyFreePort : doctor.portFree(`${host}:${port}`) };
  } catch (error) {
    if ((await findRunningGateway(config.server, undefined)) !== undefined) {
      return { id: 'port', verdict: 'note', detail: doctor.gatewayOnPort(`${host}:${port}`) };
    }
    return { id: 'port', verdict: 'fail', detail: describeError(error, text), advice: doctor.otherPort };
  }
}

async function attempt(
  id: Check['id'],
  text: Messages,
  check: () => Promise<string>,
  logIn = text.doctor.logIn,
): Promise<Check> {
  const { doctor } = text;
  try {
    return { id, verdict: 'ok', detail: await check() };
  } catch (error) {
    const code = GatewayError.isInstance(error) ? error.code : 'internal';
    const advice: Readonly<Record<string, string>> = {
      login_required: logIn,
      quota_exceeded: doctor.quota,
      rate_limited: doctor.rateLimited,
      upstream_timeout: doctor.timeout,
      not_ready: doctor.wentAway,
      unauthenticated: doctor.gatewayKey,
    };
    return {
      id,
      verdict: 'fail',
      detail: `${describeError(error, text)} (${code})`,
      advice: advice[code] ?? doctor.debug,
    };
  }
}
