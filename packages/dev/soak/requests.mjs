/** What the clients of the soak ask, and whether what they get is what was asked for. */
import { Agent, request } from 'node:http';

/** Mulberry32: the same requests in every run. */
export function seededRandom(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const sim = (directive) => `@sim ${JSON.stringify(directive)}`;
const PARAMETERS = { type: 'object', properties: { path: { type: 'string' } }, required: ['path'] };
const DESCRIPTION = 'Reads a file.';

/** By protocol: the text in one event of its stream, its path, its body, a tool as it is told there, its last words, the words of its errors. */
const PROTOCOLS = {
  chat: {
    textIn: ({ choices }) => choices?.[0]?.delta?.content,
    path: '/v1/chat/completions',
    body: (messages, stream) => ({ model: 'auto', messages, stream }),
    tool: { type: 'function', function: { name: 'read_file', description: DESCRIPTION, parameters: PARAMETERS } },
    end: 'data: [DONE]',
    error: '"error":{',
  },
  messages: {
    textIn: ({ delta }) => delta?.text,
    path: '/v1/messages',
    body: (messages, stream) => ({ model: 'auto', messages, stream, max_tokens: 10_000 }),
    tool: { name: 'read_file', description: DESCRIPTION, input_schema: PARAMETERS },
    end: 'event: message_stop',
    error: '"type":"error"',
  },
  responses: {
    textIn: ({ type, delta }) => (type === 'response.output_text.delta' ? delta : ''),
    path: '/v1/responses',
    body: (input, stream) => ({ model: 'auto', input, stream, store: false }),
    tool: { type: 'function', name: 'read_file', description: DESCRIPTION, parameters: PARAMETERS, strict: false },
    end: 'event: response.completed',
    error: /"code":"|response\.failed/,
  },
};
const NAMES = Object.keys(PROTOCOLS);

/** Kinds and how many of a hundred requests are of each. */
const KINDS = { short: 42, long: 10, tools: 14, thought: 8, conversation: 10, error: 6, abort: 10 };
const KIND_OF = Object.entries(KINDS).flatMap(([kind, share]) => Array.from({ length: share }, () => kind));

/** One request by its number: a form, a text that no other has, what must come back. */
export function planRequest(index, random) {
  const pick = (list) => list[Math.floor(random() * list.length)];
  const kind = pick(KIND_OF);
  const protocol = PROTOCOLS[pick(NAMES)];
  const stream = random() < 0.6;
  const text = `answer-${index}`;
  const directive = {
    short: { text },
    long: { text: `${text} ${'and more words of it '.repeat(80)}`, chunks: 120 },
    tools: { text, tools: [{ name: 'read_file', input: { path: `/${text}` } }] },
    thought: { text, reasoning: 'let me think about it' },
    conversation: { text },
    error: { text, error: { status: 500, message: 'error', afterChunks: Math.floor(random() * 3) } },
    abort: { text: 'word '.repeat(200), chunks: 200, delayMs: 1 },
  }[kind];
  const user = { role: 'user', content: sim(directive) };
  const history = [
    { role: 'user', content: `question ${index}` },
    { role: 'assistant', content: `an answer to ${index}` },
  ];
  const messages = kind === 'conversation' ? [...history, user] : [user];
  return {
    ...{ kind, protocol, stream, text },
    body: { ...protocol.body(messages, stream), ...(kind === 'tools' && { tools: [protocol.tool] }) },
    leaveAfterMs: kind === 'abort' ? Math.floor(random() * 60) : undefined,
  };
}

const agent = new Agent({ keepAlive: true, maxSockets: Number.POSITIVE_INFINITY });
/** No request of these takes this long unless it is lost. */
const LOST_MS = 120_000;

/** Sends it; resolves with the status and all that came, `left` where the client went away, `lost` where nothing came. */
function send(base, { protocol, body, leaveAfterMs }) {
  return new Promise((resolve) => {
    const bytes = Buffer.from(JSON.stringify(body));
    const headers = { 'content-type': 'application/json', 'content-length': bytes.length };
    let text = '';
    let status = 0;
    const done = (how) => {
      clearTimeout(timer);
      resolve({ how, status, text });
    };
    const call = request(base + protocol.path, { method: 'POST', agent, headers }, (response) => {
      status = response.statusCode;
      response.setEncoding('utf8').on('data', (data) => {
        text += data;
      });
      response.on('end', () => done('ended'));
      response.on('error', () => done('cut'));
    });
    call.on('error', () => done('cut'));
    call.end(bytes);
    const leaving = leaveAfterMs !== undefined;
    const timer = setTimeout(() => {
      done(leaving ? 'left' : 'lost');
      call.destroy();
    }, leaveAfterMs ?? LOST_MS);
  });
}

function textOfStream({ textIn }, text) {
  const data = text.match(/^data: \{.*$/gm) ?? [];
  return data.map((line) => textIn(JSON.parse(line.slice(6))) ?? '').join('');
}

/**
 * `complete`, `refused` (a status and an envelope), `failed` (an error in the stream), `left` (by the client), or what is wrong:
 * an end that none of these is.
 */
export async function askOne(base, plan) {
  const { how, status, text } = await send(base, plan);
  const { protocol, stream, kind } = plan;
  if (how === 'left') return 'left';
  if (how !== 'ended') return `wrong: ${how} after ${status}`;
  const saysError = typeof protocol.error === 'string' ? text.includes(protocol.error) : protocol.error.test(text);
  if (status !== 200) return status >= 400 && saysError ? 'refused' : `wrong: status ${status}`;
  if (stream && !text.includes(protocol.end)) return saysError ? 'failed' : 'wrong: a stream without an end';
  if (kind === 'error') return 'wrong: a normal end of what failed';
  const said = stream ? textOfStream(protocol, text) : text;
  if (kind !== 'abort' && !said.includes(plan.text)) return 'wrong: not the answer to this question';
  if (kind === 'tools' && !text.includes('read_file')) return 'wrong: no call';
  return 'complete';
}
