import { readFileSync } from 'node:fs';
import { type ChatEvent, GatewayError, ResultCollector } from '@lingma-gateway/core/chat';
import { openaiResponses } from '@lingma-gateway/core/wire';
import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { anyTurn, CREATED_AT, REQUEST, TURNS } from './openai-responses-cases.js';
import { type ResponsesEvent, readEvents, sequenceProblems } from './openai-responses-sequence.js';

interface SpecExtract {
  readonly components: {
    readonly schemas: Readonly<Record<string, { readonly properties?: { type?: { enum?: string[] } } }>>;
  };
}

function loadSpec(name: string): { readonly validate: (event: unknown, schema?: string) => string[] } {
  const path = new URL(`../fixtures/specs/${name}.json`, import.meta.url);
  const spec = JSON.parse(readFileSync(path, 'utf8')) as SpecExtract;
  const ajv = new Ajv2020({ strict: false, allErrors: true, validateFormats: false });
  ajv.addSchema(spec, 'spec');
  const byType = new Map<string, string>();
  for (const [schema, { properties }] of Object.entries(spec.components.schemas)) {
    const type = properties?.type?.enum?.[0];
    if (/(Event)$/.test(schema) && type !== undefined) byType.set(type, schema);
  }
  return {
    validate(event, schema = byType.get((event as ResponsesEvent).type)) {
      if (schema === undefined) return [`no schema for ${(event as ResponsesEvent).type}`];
      const check = ajv.getSchema(`spec#/components/schemas/${schema}`);
      if (check === undefined) throw new Error(`no schema ${schema}`);
      return check(event) === true ? [] : (check.errors ?? []).map((error) => `${error.instancePath} ${error.message}`);
    },
  };
}

const openai = loadSpec('responses-openai');
const openResponses = loadSpec('responses-open-responses');

const response = openaiResponses.parseRequest(REQUEST).response;

function encode(events: readonly ChatEvent[]): string {
  const encoder = openaiResponses.createStreamEncoder(response);
  return events.map((event) => encoder.push(event)).join('') + encoder.end();
}

function result(events: readonly ChatEvent[]): unknown {
  const collector = new ResultCollector();
  for (const event of events) collector.push(event);
  return openaiResponses.encodeResult(collector.finish(), response);
}

beforeEach(() => void vi.useFakeTimers({ now: CREATED_AT + 2500, toFake: ['Date'] }));
afterEach(() => void vi.useRealTimers());

describe('openai-responses against the published schemas', () => {
  for (const [name, events] of Object.entries(TURNS)) {
    it(`stream - ${name}`, () => {
      const sent = readEvents(encode(events));
      expect(sent.flatMap((event) => openai.validate(event).map((problem) => `${event.type}: ${problem}`))).toEqual([]);
      expect(sequenceProblems(sent)).toEqual([]);
    });

    it(`result - ${name}`, () => {
      expect(openai.validate(result(events), 'Response')).toEqual([]);
    });
  }

  // The other document knows functions, messages and reasoning, and none of OpenAI's own tools.
  const plain = openaiResponses.parseRequest({ ...REQUEST, tools: REQUEST.tools.slice(0, 1) }).response;
  for (const name of [
    'text',
    'thoughts and text',
    'parallel calls',
    'call cut by the limit',
    'text cut by the limit',
  ]) {
    it(`stream - ${name}, Open Responses`, () => {
      const encoder = openaiResponses.createStreamEncoder(plain);
      const sent = readEvents((TURNS[name] ?? []).map((event) => encoder.push(event)).join(''));
      expect(sent.flatMap((event) => openResponses.validate(event).map((why) => `${event.type}: ${why}`))).toEqual([]);
    });
  }

  it('stream - a failure at any point is one well-formed response.failed', () => {
    for (const events of Object.values(TURNS)) {
      for (let after = 0; after < events.length; after++) {
        const encoder = openaiResponses.createStreamEncoder(response);
        const begun = events
          .slice(0, after)
          .map((event) => encoder.push(event))
          .join('');
        const sent = readEvents(
          begun + encoder.fail(new GatewayError('upstream_error', 'Lingma failed')) + encoder.end(),
        );
        expect(sent.at(-1)?.type).toBe('response.failed');
        expect(sent.flatMap((event) => openai.validate(event))).toEqual([]);
        expect(sequenceProblems(sent)).toEqual([]);
        expect(sent.at(-1)).toMatchObject({
          response: { error: { code: 'server_error', message: 'Lingma failed' }, incomplete_details: null },
        });
      }
    }
  });
});

describe('the schemas', () => {
  it('validate() - refuses what is wrong, or the tests above prove nothing', () => {
    expect(openai.validate({ type: 'response.created', sequence_number: 0, response: { id: 'resp_1' } })).not.toEqual(
      [],
    );
    expect(
      openai.validate({ type: 'response.output_text.delta', sequence_number: 4, item_id: 'i', delta: 'x' }),
    ).toEqual(expect.arrayContaining([expect.stringContaining('output_index')]));
    expect(openai.validate({ type: 'response.done' })).toEqual(['no schema for response.done']);
    expect(openResponses.validate({ type: 'response.completed', sequence_number: 0, response: {} })).not.toEqual([]);
  });
});

describe('openai-responses for any turn', () => {
  it('stream - is in order, valid, and folds to the result', () => {
    fc.assert(
      fc.property(anyTurn, (events) => {
        const sent = readEvents(encode(events));
        expect(sequenceProblems(sent)).toEqual([]);
        expect(sent.flatMap((event) => openai.validate(event))).toEqual([]);
        expect(sent.at(-1)?.response).toEqual(result(events));
      }),
      { numRuns: 150 },
    );
  });
});
