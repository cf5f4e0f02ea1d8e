/**
 * One transcript of Lingma's side proves six outputs: three protocols, streamed and whole. Recorded with
 * `npx vitest run test/golden -u` and reviewed like code; ids and times are scrubbed.
 */
import { readdirSync } from 'node:fs';
import { afterAll, describe, expect, it } from 'vitest';
import { type ReplayServer, startReplayServer } from '../support/replay-server.js';
import { type Stack, startStack } from '../support/stack.js';

const tools = {
  chat: [{ type: 'function', function: { name: 'get_weather', parameters: weatherSchema() } }],
  responses: [{ type: 'function', name: 'get_weather', parameters: weatherSchema() }],
  messages: [{ name: 'get_weather', input_schema: weatherSchema() }],
};

function weatherSchema(): object {
  return { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] };
}

const protocols = [
  {
    name: 'openai-chat',
    path: '/v1/chat/completions',
    body: { model: 'gpt-5', messages: [{ role: 'user', content: 'Go.' }], stream_options: { include_usage: true } },
    tools: tools.chat,
  },
  {
    name: 'openai-responses',
    path: '/v1/responses',
    body: { model: 'gpt-5', input: 'Go.' },
    tools: tools.responses,
  },
  {
    name: 'anthropic-messages',
    path: '/v1/messages',
    body: {
      model: 'claude-sonnet-4-5',
      max_tokens: 1000,
      thinking: { type: 'adaptive' },
      messages: [{ role: 'user', content: 'Go.' }],
    },
    tools: tools.messages,
  },
] as const;

/** Replaces what differs from run to run, keeping which id is which. */
function scrub(text: string): string {
  const known = new Map<string, string>();
  return text
    .replace(/\b(chatcmpl-|resp_|msg_|rs_|fc_|call_|toolu_|req_)[0-9a-f]{8,}/g, (id, prefix: string) => {
      const name = known.get(id) ?? `${prefix}${[...known.keys()].filter((key) => key.startsWith(prefix)).length + 1}`;
      known.set(id, name);
      return name;
    })
    .replace(/"(created|created_at|completed_at)":\d+/g, '"$1":0');
}

const folder = new URL('./transcripts/', import.meta.url);

describe.each(['acp', 'lsp-chat'] as const)('%s', (dialect) => {
  const cases = readdirSync(new URL(`${dialect}/`, folder)).map((file) => file.replace('.jsonl', ''));

  describe.each(cases)('%s', (name) => {
    let server: ReplayServer | undefined;
    let stack: Stack | undefined;
    const start = async (): Promise<Stack> => {
      server ??= await startReplayServer(new URL(`${dialect}/${name}.jsonl`, folder));
      stack ??= await startStack({
        webSocketUrl: server.url,
        client: { mode: 'chat' },
        // Exact numbers, which stay when the estimator's weights are fitted anew.
        channel: { tokenCounter: 'vocabulary' },
      });
      return stack;
    };
    afterAll(async () => {
      await stack?.close();
      await server?.close();
    });

    it.each(protocols)('$name - streamed and whole', async (protocol) => {
      const { gateway } = await start();
      const ask = async (stream: boolean): Promise<string> => {
        const { stream_options, ...rest } = { stream_options: undefined, ...protocol.body };
        const response = await gateway.fetch(
          new Request(`http://127.0.0.1:8317${protocol.path}`, {
            method: 'POST',
            headers: { 'content-type': 'application/json' },
            body: JSON.stringify({
              ...rest,
              ...(stream && stream_options !== undefined && { stream_options }),
              ...(name === 'tool-call' && { tools: protocol.tools }),
              stream,
            }),
          }),
        );
        const text = scrub(await response.text());
        expect(text).not.toContain('NOT MINE');
        return `${response.status} ${response.headers.get('content-type')}\n${
          stream && response.ok ? text : `${JSON.stringify(JSON.parse(text), null, 2)}\n`
        }`;
      };
      const expected = new URL(`expected/${dialect}/${name}.${protocol.name}`, import.meta.url).pathname;
      await expect(await ask(true)).toMatchFileSnapshot(`${expected}.sse`);
      await expect(await ask(false)).toMatchFileSnapshot(`${expected}.json`);
    });
  });
});
