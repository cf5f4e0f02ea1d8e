/**
 * A model behind the agents, scripted by words in the last thing that the user said. It speaks what they ask their models in:
 * chat completions, responses, messages, generateContent; each as a stream.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface FakeModel {
  readonly url: string;
  /** What was asked, as the agents sent it. */
  readonly asked: readonly string[];
  close(): Promise<void>;
}

/** One answer, whatever it is spoken in. */
interface Scripted {
  readonly thought?: string;
  readonly pieces: readonly string[];
  readonly shell?: string | undefined;
  readonly reason: 'stop' | 'length';
  /** Milliseconds between the pieces. */
  readonly gapMs?: number;
}

type Json = Record<string, unknown>;

export const SHELL_COMMAND = 'touch ran-by-agent.txt';

export async function startFakeModel(): Promise<FakeModel> {
  const asked: string[] = [];
  const server: Server = createServer((request, response) => {
    void answer(request, response, asked).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function answer(request: IncomingMessage, response: ServerResponse, asked: string[]): Promise<void> {
  let text = '';
  for await (const chunk of request) text += chunk;
  const path = (request.url ?? '').split('?')[0] ?? '';
  const json = (body: Json, status = 200): void => {
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  };
  if (request.method !== 'POST') return json({ data: [], models: [], object: 'list' });
  if (/count_?tokens/i.test(path)) return json({ input_tokens: 10, totalTokens: 10 });
  const body = JSON.parse(text === '' ? '{}' : text) as Json;
  const speak = speakers.find(({ matches }) => matches.test(path));
  if (speak === undefined) return json({});
  asked.push(text);
  if (/MODEL-429/.test(text)) {
    const error = { type: 'rate_limit_error', code: 429, status: 'RESOURCE_EXHAUSTED', message: 'Rate limit reached' };
    return json({ type: 'error', error }, 429);
  }
  await speak.say(body, scriptOf(text, body), response);
}

function scriptOf(text: string, body: Json): Scripted {
  // Titles, summaries and the like are asked for beside the conversation.
  const said = /MODEL-[A-Z]+/g;
  const last = [...text.matchAll(said)].at(-1)?.[0];
  const hasResult = /"tool_result"|function_call_output|"role":"tool"|functionResponse/.test(text);
  switch (last) {
    case 'MODEL-THOUGHT':
      return { thought: 'First I weigh it.', pieces: ['After ', 'thinking: ', 'forty-two.'], reason: 'stop' };
    case 'MODEL-TOOL':
      return text.includes('sunny in Hangzhou')
        ? { pieces: ['It is ', 'sunny.'], reason: 'stop' }
        : { pieces: ['```json action\n{"tool":"get_weather","parameters":{"city":"Hangzhou"}}\n```'], reason: 'stop' };
    case 'MODEL-SHELL':
      if (hasResult) return { pieces: ['The command is over.'], reason: 'stop' };
      return { pieces: ['I will run it.'], shell: shellTool(body), reason: 'stop' };
    case 'MODEL-LENGTH':
      return { pieces: ['cut ', 'off'], reason: 'length' };
    case 'MODEL-SLOW':
      return { pieces: Array.from({ length: 300 }, (_, n) => `word${n} `), reason: 'stop', gapMs: 100 };
    default:
      return { pieces: ['Hello ', 'from ', 'the model.'], reason: 'stop' };
  }
}

/** What the agent calls its shell. */
function shellTool(body: Json): string | undefined {
  const names = [...JSON.stringify(body.tools ?? []).matchAll(/"name":"([^"]+)"/g)].map(([, name]) => name ?? '');
  return ['bash', 'Bash', 'run_shell_command', 'exec_command', 'shell_command', 'shell', 'local_shell'].find((name) =>
    names.includes(name),
  );
}

const shellInput = (name: string): Json => {
  if (name === 'exec_command') return { cmd: SHELL_COMMAND };
  return { command: name === 'shell' ? ['bash', '-lc', SHELL_COMMAND] : SHELL_COMMAND, description: 'Touch a file' };
};

const pause = (ms = 0): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

interface Speaker {
  readonly matches: RegExp;
  say(body: Json, scripted: Scripted, response: ServerResponse): Promise<void>;
}

function openStream(response: ServerResponse): (data: Json | string, event?: string) => void {
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' });
  return (data, event) => {
    if (event !== undefined) response.write(`event: ${event}\n`);
    response.write(`data: ${typeof data === 'string' ? data : JSON.stringify(data)}\n\n`);
  };
}

const chatCompletions: Speaker = {
  matches: /\/chat\/completions$/,
  async say(body, { thought, pieces, shell, reason, gapMs }, response) {
    const common = { id: 'c-1', object: 'chat.completion', created: 1, model: body.model };
    const usage = { prompt_tokens: 11, completion_tokens: 7, total_tokens: 18 };
    if (body.stream !== true) {
      const message = { role: 'assistant', content: pieces.join('') };
      const whole = { ...common, choices: [{ index: 0, message, finish_reason: reason }], usage };
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(whole));
      return;
    }
    const send = openStream(response);
    const chunk = (delta: Json, finish: string | null = null): void =>
      send({ ...common, object: 'chat.completion.chunk', choices: [{ index: 0, delta, finish_reason: finish }] });
    if (thought !== undefined) chunk({ role: 'assistant', reasoning_content: thought });
    for (const piece of pieces) {
      if (response.destroyed) return;
      chunk({ role: 'assistant', content: piece });
      if (gapMs !== undefined) await pause(gapMs);
    }
    if (shell !== undefined) {
      const call = { name: shell, arguments: JSON.stringify(shellInput(shell)) };
      chunk({ tool_calls: [{ index: 0, id: 'call_1', type: 'function', function: call }] });
    }
    chunk({}, shell === undefined ? reason : 'tool_calls');
    send({ ...common, object: 'chat.completion.chunk', choices: [], usage });
    send('[DONE]');
    response.end();
  },
};

const messages: Speaker = {
  matches: /\/messages$/,
  async say(body, { thought, pieces, shell, reason, gapMs }, response) {
    const usage = { input_tokens: 11, output_tokens: 7 };
    const message = { id: 'msg_1', type: 'message', role: 'assistant', model: body.model, content: [] };
    if (body.stream !== true) {
      const content = [{ type: 'text', text: pieces.join('') }];
      const whole = { ...message, content, stop_reason: 'end_turn', stop_sequence: null, usage };
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(whole));
      return;
    }
    const send = openStream(response);
    const event = (type: string, more: Json): void => send({ type, ...more }, type);
    event('message_start', { message: { ...message, stop_reason: null, stop_sequence: null, usage } });
    let index = 0;
    const block = (content_block: Json, deltas: readonly Json[]): void => {
      event('content_block_start', { index, content_block });
      for (const delta of deltas) event('content_block_delta', { index, delta });
      event('content_block_stop', { index });
      index++;
    };
    if (thought !== undefined) {
      const signature = { type: 'signature_delta', signature: 'c2ln' };
      block({ type: 'thinking', thinking: '', signature: '' }, [
        { type: 'thinking_delta', thinking: thought },
        signature,
      ]);
    }
    event('content_block_start', { index, content_block: { type: 'text', text: '' } });
    for (const text of pieces) {
      if (response.destroyed) return;
      event('content_block_delta', { index, delta: { type: 'text_delta', text } });
      if (gapMs !== undefined) await pause(gapMs);
    }
    event('content_block_stop', { index });
    index++;
    if (shell !== undefined) {
      const partial_json = JSON.stringify(shellInput(shell));
      block({ type: 'tool_use', id: 'toolu_1', name: shell, input: {} }, [{ type: 'input_json_delta', partial_json }]);
    }
    const stop_reason = shell === undefined ? (reason === 'length' ? 'max_tokens' : 'end_turn') : 'tool_use';
    event('message_delta', { delta: { stop_reason, stop_sequence: null }, usage: { output_tokens: 7 } });
    event('message_stop', {});
    response.end();
  },
};

const responses: Speaker = {
  matches: /\/responses$/,
  async say(body, { thought, pieces, shell, reason, gapMs }, response) {
    const send = openStream(response);
    const event = (type: string, more: Json): void => send({ type, ...more }, type);
    const usage = { input_tokens: 11, output_tokens: 7, total_tokens: 18 };
    const whole = { id: 'resp_1', object: 'response', model: body.model, status: 'in_progress', output: [] };
    event('response.created', { response: whole });
    let output_index = 0;
    if (thought !== undefined) {
      const item = { id: 'rs_1', type: 'reasoning', summary: [{ type: 'summary_text', text: thought }] };
      event('response.output_item.added', { output_index, item: { ...item, summary: [] } });
      event('response.reasoning_summary_text.delta', {
        output_index,
        item_id: 'rs_1',
        summary_index: 0,
        delta: thought,
      });
      event('response.output_item.done', { output_index, item });
      output_index++;
    }
    const item = { id: 'm_1', type: 'message', role: 'assistant' };
    event('response.output_item.added', { output_index, item: { ...item, content: [] } });
    for (const delta of pieces) {
      if (response.destroyed) return;
      event('response.output_text.delta', { output_index, item_id: 'm_1', content_index: 0, delta });
      if (gapMs !== undefined) await pause(gapMs);
    }
    const content = [{ type: 'output_text', text: pieces.join(''), annotations: [] }];
    event('response.output_item.done', { output_index, item: { ...item, content } });
    if (shell !== undefined) {
      const call = { type: 'function_call', id: 'fc_1', call_id: 'call_1', name: shell };
      const done = { ...call, arguments: JSON.stringify(shellInput(shell)) };
      event('response.output_item.done', { output_index: output_index + 1, item: done });
    }
    if (reason === 'length') {
      const incomplete = { ...whole, status: 'incomplete', incomplete_details: { reason: 'max_output_tokens' }, usage };
      event('response.incomplete', { response: incomplete });
    } else event('response.completed', { response: { ...whole, status: 'completed', usage } });
    response.end();
  },
};

const generateContent: Speaker = {
  matches: /:(stream)?[gG]enerateContent$/,
  async say(body, { thought, pieces, shell, reason, gapMs }, response) {
    const usageMetadata = { promptTokenCount: 11, candidatesTokenCount: 7, totalTokenCount: 18 };
    const candidate = (parts: readonly Json[], finishReason?: string): Json => ({
      candidates: [
        { index: 0, content: { role: 'model', parts }, ...(finishReason !== undefined && { finishReason }) },
      ],
      ...(finishReason !== undefined && { usageMetadata }),
    });
    if (!/stream/.test(response.req.url ?? '')) {
      // Which of its models is to answer, asked where it chooses by itself.
      const choice = JSON.stringify({ reasoning: 'simple', model_choice: 'flash', complexity_score: 10 });
      const text = /response(Json)?Schema/.test(JSON.stringify(body)) ? choice : pieces.join('');
      const whole = JSON.stringify(candidate([{ text }], 'STOP'));
      response.writeHead(200, { 'content-type': 'application/json' }).end(whole);
      return;
    }
    const send = openStream(response);
    if (thought !== undefined) send(candidate([{ text: thought, thought: true }]));
    for (const text of pieces) {
      if (response.destroyed) return;
      send(candidate([{ text }]));
      if (gapMs !== undefined) await pause(gapMs);
    }
    if (shell !== undefined) send(candidate([{ functionCall: { name: shell, args: shellInput(shell) } }]));
    send(candidate([{ text: '' }], reason === 'length' ? 'MAX_TOKENS' : 'STOP'));
    response.end();
  },
};

const speakers: readonly Speaker[] = [chatCompletions, messages, responses, generateContent];
