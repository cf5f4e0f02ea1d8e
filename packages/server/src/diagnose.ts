/** The checks behind `doctor`, in the order in which a request would meet what they check. */
import { GatewayError, inspectLingma, type LingmaClient, type Logger } from '@lingma-gateway/core';
import type { LoadedConfig } from '@lingma-gateway/core/config';
import type { Composition } from './compose.js';
import { type LingmaFinding, messageOf } from './lingma-finding.js';
import type { LingmaSession } from './lingma-session.js';
import { listen } from './listen.js';
import { VERSION } from './version.js';

export interface Check {
  readonly name: string;
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
export async function* diagnose({ loaded, logger, composition }: LingmaSession): AsyncGenerator<Check> {
  const { client } = composition.gateway;
  yield { name: 'Version', verdict: 'ok', detail: `lingma-gateway ${VERSION}, Node ${process.versions.node}` };
  for (const { subject, message } of loaded.warnings) {
    yield { name: 'Settings', verdict: 'note', detail: `${subject}: ${message}` };
  }
  const finding = await composition.finding;
  yield checkDiscovery(loaded, finding, composition.demo);
  if (finding.found) {
    const { server, address = '', dialect, loggedIn } = finding.status;
    const way = address.startsWith('ws') ? 'WebSocket' : 'pipe or socket';
    yield { name: 'Connection', verdict: 'ok', detail: `${address} (${way})` };
    yield { name: 'Product', verdict: 'ok', detail: `${server?.name || 'unnamed'} ${server?.version ?? ''}`.trim() };
    yield dialect === undefined
      ? { name: 'Dialect', verdict: 'skipped', detail: 'not known before the login' }
      : { name: 'Dialect', verdict: 'ok', detail: dialect };
    yield checkLogin(loggedIn);
    yield attempt('Models', async () => {
      const models = await client.listModels({ logger });
      if (models.length === 0) throw new GatewayError('upstream_error', 'Lingma lists no models');
      return models.map(({ id, isDefault }) => (isDefault ? `${id} (default)` : id)).join(', ');
    });
    yield attempt('Test turn', () => testTurn(client, logger));
  } else {
    for (const name of ['Login', 'Models', 'Test turn']) {
      yield { name, verdict: 'skipped', detail: 'needs a running Lingma' };
    }
  }
  yield checkPort(loaded);
}

async function testTurn(client: LingmaClient, logger: Logger): Promise<string> {
  const startedAt = performance.now();
  const limit = new AbortController();
  const timer = setTimeout(
    () => limit.abort(new GatewayError('upstream_timeout', `No answer from Lingma for ${TEST_TURN_MS / 1000} s`)),
    TEST_TURN_MS,
  );
  try {
    const turn = { messages: [{ role: 'user', text: TEST_PROMPT }] } as const;
    const { content } = await client.complete(turn, { logger, signal: limit.signal });
    const text = content.map((block) => (block.type === 'text' ? block.text : '')).join('');
    if (text.trim() === '') throw new GatewayError('upstream_error', 'Lingma answered with nothing');
    return `${JSON.stringify(text.trim().slice(0, 80))} in ${Math.round(performance.now() - startedAt)} ms`;
  } finally {
    clearTimeout(timer);
  }
}

async function checkDiscovery(
  { config }: LoadedConfig,
  finding: LingmaFinding,
  demo: Composition['demo'],
): Promise<Check> {
  if (demo !== undefined) return { name: 'Lingma', verdict: 'ok', detail: `bundled simulator at ${demo.address}` };
  const { looked } = await inspectLingma(config, { env: process.env });
  const telling = looked.filter(({ verdict }) => verdict !== 'absent');
  const lines = telling.map(
    ({ place, verdict, detail }) => `${verdict}: ${place}${detail === undefined ? '' : ` (${detail})`}`,
  );
  const nothing = looked.length - telling.length;
  if (nothing > 0) lines.push(`nothing in ${nothing} ${telling.length > 0 ? 'other ' : ''}places (--json names them)`);
  const detail = lines.join('\n');
  if (finding.found) return { name: 'Lingma', verdict: 'ok', detail, looked };
  return {
    name: 'Lingma',
    verdict: 'fail',
    detail: `${finding.reason}\n${detail}`,
    advice: finding.absent
      ? 'Start Lingma, or the IDE with its plug-in. If it runs elsewhere, give its address: --ws-url, --pipe or --work-dir. To try without: --demo.'
      : 'Something is there but does not answer as Lingma does. Restart it, or check that the address is the right one.',
    looked,
  };
}

function checkLogin(loggedIn: boolean | undefined): Check {
  if (loggedIn === undefined) return { name: 'Login', verdict: 'note', detail: 'Lingma does not say' };
  if (loggedIn) return { name: 'Login', verdict: 'ok', detail: 'logged in' };
  return {
    name: 'Login',
    verdict: 'fail',
    detail: 'nobody is logged in',
    advice: 'Log in with the IDE and its plug-in; the gateway uses that login.',
  };
}

async function checkPort({ config }: LoadedConfig): Promise<Check> {
  const { host, port } = config.server;
  try {
    const listening = await listen({ host, port, handler: (_, response) => response.end() });
    listening.destroy();
    return { name: 'Port', verdict: 'ok', detail: port === 0 ? 'any free one' : `${host}:${port} is free` };
  } catch (error) {
    if (await isGateway(host, port)) {
      return { name: 'Port', verdict: 'note', detail: `a Lingma Gateway is running on ${host}:${port}` };
    }
    return {
      name: 'Port',
      verdict: 'fail',
      detail: messageOf(error),
      advice: 'Stop the other program, or choose another port with --port.',
    };
  }
}

async function isGateway(host: string, port: number): Promise<boolean> {
  const name = host === '0.0.0.0' ? '127.0.0.1' : host.includes(':') ? `[${host.replace(/[[\]]/g, '')}]` : host;
  try {
    const response = await fetch(`http://${name}:${port}/`, { signal: AbortSignal.timeout(2000) });
    return ((await response.json()) as { name?: unknown }).name === 'lingma-gateway';
  } catch {
    return false;
  }
}

const ADVICE: Readonly<Record<string, string>> = {
  login_required: 'Log in with the IDE and its plug-in; the gateway uses that login.',
  quota_exceeded: "The account's quota is used up. Wait until it is renewed, or use another account.",
  rate_limited: 'Lingma refuses more requests for now. Try again in a minute.',
  upstream_timeout: 'Lingma did not answer in time. Restart it; if it is only slow, raise --timeout.',
  not_ready: 'Lingma went away. Restart it, or the IDE with its plug-in.',
};

async function attempt(name: string, check: () => Promise<string>): Promise<Check> {
  try {
    return { name, verdict: 'ok', detail: await check() };
  } catch (error) {
    const code = GatewayError.isInstance(error) ? error.code : 'internal';
    return {
      name,
      verdict: 'fail',
      detail: `${messageOf(error)} (${code})`,
      advice:
        ADVICE[code] ??
        'Run the same again with --log-level debug; Lingma tells more in logs/lingma.log of its work folder.',
    };
  }
}
