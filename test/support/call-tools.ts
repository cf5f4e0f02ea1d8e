/** One question with tools, asked through the official packages, streamed into their accumulators or whole. */
import Anthropic from '@anthropic-ai/sdk';
import OpenAI from 'openai';
import { PROTOCOLS, type Protocol } from './ask.js';

export interface FunctionSpec {
  readonly name: string;
  readonly description?: string;
  readonly schema: Record<string, unknown>;
}

export interface Call {
  readonly id: string;
  readonly name: string;
  /** Parsed; as it stands when it is no JSON. */
  readonly input: unknown;
}

export interface ToolAnswer {
  readonly text: string;
  readonly calls: readonly Call[];
  /** `calls`, `stop`, `length` or what else the protocol says. */
  readonly finish: string;
}

export interface ToolQuestion {
  readonly prompt: string;
  readonly tools: readonly FunctionSpec[];
  readonly stream: boolean;
  /** Members beside the usual ones, in the protocol's own spelling. */
  readonly body?: object;
}

export interface Clients {
  readonly openai: OpenAI;
  readonly anthropic: Anthropic;
}

/** `fetch`: how requests get there, in place of a socket. */
export const createClients = (base: string, fetch?: (request: Request) => Promise<Response>): Clients => {
  const own = fetch && {
    fetch: (...args: ConstructorParameters<typeof Request>): Promise<Response> => fetch(new Request(...args)),
  };
  return {
    openai: new OpenAI({ baseURL: `${base}/v1`, apiKey: 'any', maxRetries: 0, ...own }),
    anthropic: new Anthropic({ baseURL: base, apiKey: 'any', maxRetries: 0, ...own }),
  };
};

export { PROTOCOLS, type Protocol };

export const SPECS: readonly FunctionSpec[] = [
  {
    name: 'get_weather',
    description: 'The weather of a city.',
    schema: {
      type: 'object',
      properties: {
        city: { type: 'string' },
        days: { type: 'integer' },
        detailed: { type: 'boolean' },
        tags: { type: 'array', items: { type: 'string' } },
        at: { type: 'object', properties: { lat: { type: 'number' }, note: { type: 'string' } } },
      },
      required: ['city'],
    },
  },
  {
    name: 'write_file',
    schema: {
      type: 'object',
      properties: { path: { type: 'string' }, content: { type: 'string' } },
      required: ['path', 'content'],
      additionalProperties: false,
    },
  },
  { name: 'get_time', description: 'The time.', schema: { type: 'object', properties: {} } },
];

export async function askWithTools(clients: Clients, protocol: Protocol, question: ToolQuestion): Promise<ToolAnswer> {
  return ASK[protocol](clients, question);
}

/** The tools as the protocol spells them. */
export function toolsOf(protocol: Protocol, specs: readonly FunctionSpec[]): object[] {
  return specs.map(({ name, description = '', schema }) => {
    if (protocol === 'messages') return { name, description, input_schema: schema };
    const said = { name, description, parameters: schema };
    return protocol === 'chat' ? { type: 'function', function: said } : { type: 'function', ...said, strict: false };
  });
}

const ASK: Readonly<Record<Protocol, (clients: Clients, question: ToolQuestion) => Promise<ToolAnswer>>> = {
  async chat({ openai }, { prompt, tools, stream, body }) {
    const parameters = {
      model: 'gpt-5',
      messages: [{ role: 'user' as const, content: prompt }],
      tools: toolsOf('chat', tools) as OpenAI.ChatCompletionFunctionTool[],
      ...body,
    };
    const answer = stream
      ? await openai.chat.completions.stream(parameters).finalChatCompletion()
      : await openai.chat.completions.create(parameters);
    return readChat(answer);
  },
  async responses({ openai }, { prompt, tools, stream, body }) {
    const parameters = {
      model: 'gpt-5',
      input: prompt,
      tools: toolsOf('responses', tools) as OpenAI.Responses.FunctionTool[],
      ...body,
    };
    return readResponse(
      stream ? await openai.responses.stream(parameters).finalResponse() : await openai.responses.create(parameters),
    );
  },
  async messages({ anthropic }, { prompt, tools, stream, body }) {
    const parameters = {
      model: 'claude-sonnet-5-5',
      max_tokens: 8000,
      messages: [{ role: 'user' as const, content: prompt }],
      tools: toolsOf('messages', tools) as unknown as Anthropic.Tool[],
      ...body,
    };
    return readMessage(
      stream ? await anthropic.messages.stream(parameters).finalMessage() : await anthropic.messages.create(parameters),
    );
  },
};

export function readChat(answer: OpenAI.ChatCompletion): ToolAnswer {
  const choice = answer.choices[0];
  const finish = choice?.finish_reason ?? '';
  return {
    text: choice?.message.content ?? '',
    calls: (choice?.message.tool_calls ?? []).map((call) => {
      if (call.type === 'custom') return { id: call.id, name: call.custom.name, input: call.custom.input };
      return { id: call.id, name: call.function.name, input: tryParse(call.function.arguments) };
    }),
    finish: finish === 'tool_calls' ? 'calls' : finish,
  };
}

export function readResponse(answer: OpenAI.Responses.Response): ToolAnswer {
  const calls = answer.output.flatMap((item): Call[] => {
    if (item.type === 'custom_tool_call') return [{ id: item.call_id, name: item.name, input: item.input }];
    if (item.type !== 'function_call') return [];
    const name = 'namespace' in item && item.namespace ? `${item.namespace}.${item.name}` : item.name;
    return [{ id: item.call_id, name, input: tryParse(item.arguments) }];
  });
  const reason = answer.incomplete_details?.reason;
  const done = calls.length > 0 ? 'calls' : 'stop';
  const finish =
    answer.status === 'completed' ? done : reason === 'max_output_tokens' ? 'length' : String(reason ?? answer.status);
  return { text: answer.output_text, calls, finish };
}

export function readMessage(answer: Anthropic.Message): ToolAnswer {
  const finishes: Readonly<Record<string, string>> = { tool_use: 'calls', end_turn: 'stop', max_tokens: 'length' };
  return {
    text: answer.content.map((block) => (block.type === 'text' ? block.text : '')).join(''),
    calls: answer.content.flatMap((block) =>
      block.type === 'tool_use' ? [{ id: block.id, name: block.name, input: block.input }] : [],
    ),
    finish: finishes[answer.stop_reason ?? ''] ?? String(answer.stop_reason),
  };
}

function tryParse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** The simulator's `toolFormat`: every form in which models write calls, and Lingma's own events. */
export const TOOL_FORMATS = [
  'action',
  'json',
  'hash',
  'tool_code',
  'hermes',
  'qwen-xml',
  'glm',
  'minimax',
  'kimi',
  'deepseek',
  'native',
] as const;
