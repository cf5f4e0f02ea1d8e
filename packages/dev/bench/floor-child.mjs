/**
 * The bare floor: the least any gateway in Node must do for a streamed turn over one WebSocket. Parse a frame, write an
 * SSE line; no checks, no limits, no errors, no back-pressure. Where events want an answer (LSP chat) the answers to one
 * read leave in one write, as a gateway would do it. argv: WebSocket URL of the simulator, dialect.
 */
import { createServer } from 'node:http';
import { WebSocket } from 'ws';
import { answerUsage } from './usage.mjs';

const [url, dialect] = process.argv.slice(2);
const HEADER_END = '\r\n\r\n';
let nextId = 1;

const socket = new WebSocket(url, { perMessageDeflate: false });
const waiting = new Map();
/** What a turn's events go to: by session in ACP, by request in LSP chat. */
const turns = new Map();

function send(message) {
  const body = Buffer.from(JSON.stringify({ jsonrpc: '2.0', ...message }));
  socket.send(Buffer.concat([Buffer.from(`Content-Length: ${body.length}${HEADER_END}`), body]));
}
const call = (method, params) =>
  new Promise((resolve) => {
    const id = nextId++;
    waiting.set(id, resolve);
    send({ id, method, params });
  });

let corked = false;
/** Answers are written once the read that brought the requests has been worked off. */
function acknowledge(id) {
  if (!corked) {
    corked = true;
    socket._socket.cork();
    process.nextTick(() => {
      corked = false;
      socket._socket.uncork();
    });
  }
  send({ id, result: {} });
}

// Assumes one frame a message, which the simulator is told to send.
socket.on('message', (data) => {
  const message = JSON.parse(data.subarray(data.indexOf(HEADER_END) + 4).toString());
  if (message.method === undefined) {
    waiting.get(message.id)?.(message.result);
    waiting.delete(message.id);
    return;
  }
  if (message.id !== undefined) acknowledge(message.id);
  const { params } = message;
  if (message.method === 'session/update') {
    const { update } = params;
    const turn = turns.get(params.sessionId);
    if (update.sessionUpdate === 'agent_message_chunk') turn?.text(update.content.text);
    else if (update.type === 'chat_finish') turn?.end();
  } else if (message.method === 'chat/answer') turns.get(params.requestId)?.text(params.text);
  else if (message.method === 'chat/finish') turns.get(params.requestId)?.end();
});

/** Sessions are used again, and given up before their histories grow long. */
const sessions = [];
const USES = 20;

async function askAcp(text, turn) {
  const session = sessions.pop() ?? {
    id: (await call('session/new', { cwd: '/', mcpServers: [] })).sessionId,
    uses: 0,
  };
  turns.set(session.id, {
    text: turn.text,
    end: () => {
      turns.delete(session.id);
      if (++session.uses < USES) sessions.push(session);
      turn.end();
    },
  });
  send({
    id: nextId++,
    method: 'session/prompt',
    params: {
      sessionId: session.id,
      prompt: [{ type: 'text', text }],
      _meta: { 'ai-coding/request-id': crypto.randomUUID(), 'ai-coding/mode': 'chat' },
    },
  });
}

function askLspChat(text, turn) {
  const requestId = crypto.randomUUID();
  turns.set(requestId, {
    text: turn.text,
    end: () => {
      turns.delete(requestId);
      turn.end();
    },
  });
  send({
    id: nextId++,
    method: 'chat/ask',
    params: {
      requestId,
      sessionId: '',
      sessionType: 'chat',
      chatTask: 'FREE_INPUT',
      mode: 'chat',
      stream: true,
      source: 1,
      isReply: false,
      questionText: text,
    },
  });
}

const textOf = (content) => (typeof content === 'string' ? content : content.map(({ text }) => text).join('\n'));
/** The prompt, from the body of any of the three protocols. */
function promptOf({ system, instructions, messages, input, tools }) {
  const list = messages ?? (typeof input === 'string' ? [{ content: input }] : input);
  return [
    ...(system === undefined ? [] : [textOf(system)]),
    ...(instructions === undefined ? [] : [instructions]),
    ...(tools === undefined ? [] : [JSON.stringify(tools)]),
    ...list.map(({ content }) => textOf(content)),
  ].join('\n\n');
}

/** One frame a delta, whatever the protocol; what clients read of it is in each. */
const FRAMES = {
  '/v1/chat/completions': [(text) => `{"choices":[{"index":0,"delta":{"content":${text}}}]}`, '[DONE]'],
  '/v1/messages': [
    (text) => `{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":${text}}}`,
    '{"type":"message_stop"}\n\nevent: message_stop',
  ],
  '/v1/responses': [(text) => `{"type":"response.output_text.delta","delta":${text}}`, '{"type":"response.completed"}'],
};

const server = createServer(async (request, response) => {
  const [delta, last] = FRAMES[request.url];
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  const body = JSON.parse(Buffer.concat(chunks).toString());
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  const turn = {
    text: (text) => response.write(`data: ${delta(JSON.stringify(text))}\n\n`),
    end: () => response.end(`data: ${last}\n\n`),
  };
  if (dialect === 'acp') await askAcp(promptOf(body), turn);
  else askLspChat(promptOf(body), turn);
});

socket.on('open', async () => {
  await call('initialize', { protocolVersion: 1, clientCapabilities: {} });
  server.listen(0, '127.0.0.1', () => {
    answerUsage();
    process.send({ ready: `http://127.0.0.1:${server.address().port}` });
  });
});
