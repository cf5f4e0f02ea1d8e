/** An answer of the Responses protocol: one message. */
import type { JsonObject } from '../json-object.js';
import { type AnswerScript, pieces } from './answer-script.js';
import { CREATED } from './chat-answer.js';

interface ResponseFacts {
  readonly id: string;
  readonly model: string;
}

export function wholeResponse(script: AnswerScript, { id, model }: ResponseFacts): JsonObject {
  const { input, output } = script.usage;
  return {
    ...{ id: `resp_${id}`, object: 'response', created_at: CREATED, status: 'completed', model, error: null },
    output: [message(script.text, id)],
    usage: { input_tokens: input, output_tokens: output, total_tokens: input + output },
    x_unknown: 'kept',
  };
}

export function responseEvents(script: AnswerScript, facts: ResponseFacts): readonly string[] {
  const response = wholeResponse(script, facts);
  const begun = { ...response, status: 'in_progress', output: [], usage: null };
  const place = { item_id: `msg_${facts.id}`, output_index: 0, content_index: 0 };
  const events: readonly JsonObject[] = [
    { type: 'response.created', response: begun },
    ...pieces(script.text, script.chunks).map((delta) => ({ type: 'response.output_text.delta', ...place, delta })),
    { type: 'response.completed', response },
  ];
  return events.map((event, at) => {
    const json = JSON.stringify({ ...event, sequence_number: at });
    return `event: ${event.type as string}\ndata: ${json}\n\n`;
  });
}

const message = (text: string, id: string): JsonObject => ({
  ...{ id: `msg_${id}`, type: 'message', role: 'assistant', status: 'completed' },
  content: [{ type: 'output_text', text, annotations: [] }],
});
