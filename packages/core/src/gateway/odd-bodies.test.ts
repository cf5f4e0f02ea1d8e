import { describe, expect, it } from 'vitest';
import { createLingmaChannel } from '../channel/index.js';
import { type ChatEvent, type ModelInfo, toEventStream } from '../chat/index.js';
import type { JsonObject } from '../util/index.js';
import type { ProtocolName } from '../wire/index.js';
import { changedBodies, FULL_BODIES } from '../wire/testing/full-bodies.js';
import { createGateway } from './gateway.js';

const MODEL: ModelInfo = {
  id: 'm',
  upstreamId: 'm',
  displayName: 'M',
  isDefault: true,
  supportsReasoning: false,
  supportsImages: false,
};

/** Prose, then a call of a tool that most of the bodies declare. */
const TEXT = 'Let me look.\n```json action\n{"tool": "f", "parameters": {"city": "Oslo"}}\n```\n';
const EVENTS: readonly ChatEvent[] = [
  { type: 'response-start', responseId: 'r', model: 'm', createdAt: 0, inputTokens: 5, warnings: [] },
  { type: 'text-start', id: 't' },
  { type: 'text-delta', id: 't', delta: TEXT },
  { type: 'text-end', id: 't' },
  { type: 'response-end', finishReason: 'stop', usage: { inputTokens: 5, outputTokens: 9, origin: 'reported' } },
];

const ROUTES: readonly (readonly [path: string, spelling: ProtocolName])[] = [
  ['/v1/chat/completions', 'openai-chat'],
  ['/v1/messages', 'anthropic-messages'],
  ['/v1/messages/count_tokens', 'anthropic-messages'],
  ['/v1/responses', 'openai-responses'],
];

/** A few hundred a route; the parsers are tried with all of them in `wire`. */
const EVERY = 29;

describe('any JSON type at any place of a body - is answered, streamed or not, and never with a failure of ours', () => {
  const channel = createLingmaChannel({
    client: { listModels: async () => [MODEL], streamTurn: () => toEventStream(EVENTS) },
  });
  const { fetch } = createGateway({ channel });

  let answered = 0;

  async function failure(path: string, body: JsonObject): Promise<string | undefined> {
    const response = await fetch(
      new Request(`http://localhost${path}`, { method: 'POST', body: JSON.stringify(body) }),
    );
    const text = await response.text();
    answered += response.status === 200 ? 1 : 0;
    // What is thrown and was not foreseen, before the status or after it.
    return response.status === 500 || text.includes('Internal error')
      ? `${response.status} ${text.slice(0, 200)}`
      : undefined;
  }

  it.each(ROUTES)(
    '%s',
    async (path, spelling) => {
      answered = 0;
      const failures: string[] = [];
      let count = 0;
      for (const changed of changedBodies(FULL_BODIES[spelling])) {
        if (count++ % EVERY !== 0) continue;
        const body = count % 2 === 0 ? changed.body : { ...changed.body, stream: false };
        const found = await failure(path, body);
        if (found !== undefined) failures.push(`${changed.path}: ${found}`);
      }
      expect(failures).toEqual([]);
      expect(answered).toBeGreaterThan(count / EVERY / 2);
    },
    120_000,
  );
});
