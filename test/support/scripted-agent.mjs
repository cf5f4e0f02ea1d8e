/**
 * An agent of the Agent Client Protocol on its standard streams, scripted: what it offers is JSON in its first argument, what
 * it does is asked for in the prompt. It writes what it is asked, and its environment, to the file `record`.
 */
import { spawn } from 'node:child_process';
import { appendFileSync, existsSync, writeFileSync } from 'node:fs';
import { createInterface } from 'node:readline';

const script = JSON.parse(process.argv[2] ?? '{}');
const record = (entry) => script.record && appendFileSync(script.record, `${JSON.stringify(entry)}\n`);
const write = (message) => process.stdout.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);

let sessions = 0;
let requests = 0;
const pending = new Map();
const running = new Map();
const modes = new Map();
/** Of each session, from its beginning. */
const costs = new Map();

record({ pid: process.pid, env: process.env, cwd: process.cwd() });
if (script.noise) process.stdout.write(`${script.noise}\n`);
if (script.stderr) process.stderr.write(`${script.stderr}\n`);
if (script.exitAtStart !== undefined) process.exit(script.exitAtStart);
if (script.helper) {
  const helper = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
  record({ helper: helper.pid });
}
if (script.stubborn) {
  process.on('SIGTERM', () => record({ signal: 'SIGTERM' }));
  setInterval(() => undefined, 1000);
}

const ask = (method, params) =>
  new Promise((resolve) => {
    const id = requests++;
    pending.set(id, resolve);
    write({ id, method, params });
  });
const update = (sessionId, content) => write({ method: 'session/update', params: { sessionId, update: content } });
const say = (sessionId, text, meta) =>
  update(sessionId, {
    sessionUpdate: 'agent_message_chunk',
    content: { type: 'text', text },
    ...(meta && { _meta: meta }),
  });

async function prompt(id, { sessionId, prompt: parts }) {
  const text = parts.map((part) => part.text ?? '').join('\n');
  const end = (stopReason, more = {}) => {
    running.delete(sessionId);
    write({ id, result: { stopReason, ...more } });
  };
  const turn = { cancelled: false };
  running.set(sessionId, turn);
  if (!modes.has(sessionId)) return write({ id, error: { code: -32602, message: 'unknown session' } });
  if (text.includes('CRASH')) process.exit(7);
  if (text.includes('FAIL')) return write({ id, error: script.promptError });
  if (text.includes('TOLD')) {
    say(sessionId, script.told);
    return end('end_turn');
  }
  if (text.includes('SWITCH')) {
    update(sessionId, { sessionUpdate: 'current_mode_update', currentModeId: 'yolo' });
    await new Promise((resolve) => setTimeout(resolve, 50));
    if (!turn.cancelled) writeFileSync('switched.txt', 'ran');
    return end(turn.cancelled ? 'cancelled' : 'end_turn');
  }
  if (text.includes('SHELL')) {
    const call = { toolCallId: 'call-1', title: 'touch ran.txt', kind: 'execute', status: 'pending' };
    update(sessionId, { sessionUpdate: 'tool_call', ...call });
    const asks = !(script.acting ?? []).includes(modes.get(sessionId));
    const options = [
      { optionId: 'y!', name: 'Always', kind: 'allow_always' },
      { optionId: 'y', name: 'Yes', kind: 'allow_once' },
      ...(script.noReject ? [] : [{ optionId: 'n', name: 'No', kind: 'reject_once' }]),
    ];
    const reply = asks ? await ask('session/request_permission', { sessionId, toolCall: call, options }) : undefined;
    record({ permission: reply });
    const allowed = !asks || ['y', 'y!'].includes(reply?.outcome?.optionId);
    if (allowed) writeFileSync('ran.txt', 'ran');
    update(sessionId, {
      sessionUpdate: 'tool_call_update',
      toolCallId: 'call-1',
      status: allowed ? 'completed' : 'failed',
    });
    say(sessionId, allowed ? 'It ran.' : 'I may not.');
    return end('end_turn');
  }
  if (text.includes('SLOW')) {
    for (let n = 0; n < 500 && !turn.cancelled; n++) {
      say(sessionId, `word${n} `);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    return end(turn.cancelled ? 'cancelled' : 'end_turn');
  }
  for (const remark of script.remarks ?? []) update(sessionId, remark);
  // Until it is cancelled: what an agent does whose model refuses, and which tries again inside.
  if (text.includes('RETRY')) {
    while (!turn.cancelled) await new Promise((resolve) => setTimeout(resolve, 20));
    return end('cancelled');
  }
  update(sessionId, { sessionUpdate: 'agent_thought_chunk', content: { type: 'text', text: 'Hm.' } });
  for (const word of script.answer ?? ['Hello ', 'from ', 'the agent.']) say(sessionId, word);
  costs.set(sessionId, (costs.get(sessionId) ?? 0) + (script.costPerTurn ?? 0));
  update(sessionId, {
    sessionUpdate: 'usage_update',
    used: 30,
    size: script.contextSize ?? 200_000,
    ...(script.costPerTurn && { cost: { amount: costs.get(sessionId), currency: 'USD' } }),
  });
  end('end_turn', { usage: { inputTokens: 20, outputTokens: 10 } });
}

function choose(form, sessionId, value) {
  if (form === 'mode') modes.set(sessionId, value);
}

const methods = {
  initialize: () => ({
    protocolVersion: 1,
    agentInfo: { name: 'scripted-agent', title: 'Scripted Agent', version: '1.2.3' },
    agentCapabilities: {
      promptCapabilities: { image: true },
      sessionCapabilities: { close: {}, delete: {}, ...script.sessionCapabilities },
    },
    authMethods: script.authMethods ?? [],
  }),
  'session/new': () => {
    if (script.loggedOut && !existsSync(script.loginFile ?? ''))
      throw { code: -32000, message: 'Authentication required' };
    const sessionId = `session-${process.pid}-${++sessions}`;
    // Agents speak of a session before they have told its name.
    update(sessionId, { sessionUpdate: 'available_commands_update', availableCommands: [] });
    modes.set(sessionId, script.modes?.currentModeId);
    return {
      sessionId,
      ...(script.modes && { modes: script.modes }),
      ...(script.models && { models: script.models }),
      ...(script.configOptions && { configOptions: script.configOptions }),
    };
  },
  'session/set_mode': ({ sessionId, modeId }) => {
    if (script.refuseMode) throw { code: -32603, message: 'not now' };
    choose('mode', sessionId, modeId);
    return {};
  },
  'session/set_model': () => ({}),
  'session/set_config_option': ({ sessionId, configId, value }) => {
    choose(configId, sessionId, value);
    return {
      configOptions: (script.configOptions ?? []).map((o) => (o.id === configId ? { ...o, currentValue: value } : o)),
    };
  },
  'session/close': () => ({}),
  'session/delete': () => ({}),
};

const lines = createInterface({ input: process.stdin });
lines.on('line', (line) => {
  const message = JSON.parse(line);
  record({ received: message, by: process.pid });
  const { id, method, params, result } = message;
  if (method === undefined) {
    pending.get(id)?.(result);
    return;
  }
  if (method === 'session/cancel') {
    const turn = running.get(params.sessionId);
    if (turn) turn.cancelled = true;
    return;
  }
  if (method === 'session/prompt') {
    void prompt(id, params);
    return;
  }
  if (id === undefined) return;
  const handle = methods[method];
  try {
    if (handle === undefined) throw { code: -32601, message: `"Method not found": ${method}` };
    write({ id, result: handle(params) });
  } catch (error) {
    write({ id, error });
  }
});
lines.on('close', () => {
  record({ inputEnded: true });
  if (!script.stubborn) process.exit(0);
});
