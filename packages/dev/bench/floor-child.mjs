/**
 * The bare floor: the least any gateway in Node must do for a streamed LSP-chat turn. Parse a frame, write an SSE line,
 * answer ids; no checks, no limits, no errors, no back-pressure. argv: WebSocket URL of the simulator.
 */
import { createServer } from 'node:http';
import { WebSocket } from 'ws';
import { answerUsage } from './usage.mjs';

const url = process.argv[2];
const idle = [];
let nextId = 1;

const frame = (message) => {
  const body = Buffer.from(JSON.stringify({ jsonrpc: '2.0', ...message }));
  return Buffer.concat([Buffer.from(`Content-Length: ${body.length}\r\n\r\n`), body]);
};

const connect = () =>
  new Promise((resolve, reject) => {
    const socket = new WebSocket(url, { perMessageDeflate: false });
    const link = { socket, onEvent: undefined };
    socket.on('error', reject);
    socket.on('open', () => socket.send(frame({ id: nextId++, method: 'initialize', params: {} })));
    // Assumes one frame a message, which the simulator is told to send.
    socket.on('message', (data) => {
      const message = JSON.parse(data.subarray(data.indexOf('\r\n\r\n') + 4).toString());
      if (message.method === undefined) return resolve(link);
      if (message.id !== undefined) socket.send(frame({ id: message.id, result: {} }));
      link.onEvent?.(message);
    });
  });

const server = createServer(async (request, response) => {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  const body = JSON.parse(Buffer.concat(chunks).toString());
  const link = idle.pop() ?? (await connect());
  const requestId = crypto.randomUUID();
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  link.onEvent = ({ method, params }) => {
    if (params.requestId !== requestId) return;
    if (method === 'chat/answer') {
      response.write(`data: {"choices":[{"index":0,"delta":{"content":${JSON.stringify(params.text)}}}]}\n\n`);
    } else if (method === 'chat/finish') {
      response.end('data: [DONE]\n\n');
      link.onEvent = undefined;
      idle.push(link);
    }
  };
  link.socket.send(
    frame({
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
        questionText: body.messages.map((message) => message.content).join('\n\n'),
      },
    }),
  );
});
server.listen(0, '127.0.0.1', () => {
  answerUsage();
  process.send({ ready: `http://127.0.0.1:${server.address().port}` });
});
