/** An answer in one piece that is handed on: what is told beside it, and the name of the model that was asked for in it. */
import type { RawAnswer, RawRequest } from '../../chat/index.js';
import { applyEdits, type Clock, findMembers, isJsonObject, type JsonValue, parseJson } from '../../util/index.js';
import { UpstreamFailure } from '../router/upstream.js';
import { decodeFinishReason, decodeUsage } from './decode-usage.js';
import { estimateUsage } from './estimate-usage.js';
import { inBandFailure } from './failure.js';
import { replaceModel } from './raw-frames.js';
import type { WholeAnswer } from './whole-answer.js';

/** @throws UpstreamFailure for what is no answer */
export function readWhole(
  { endpoint, model, text: requestText, form }: RawRequest,
  upstreamModel: string,
  { contentType, bytes }: WholeAnswer,
  secrets: readonly string[],
  clock: Clock,
): Exclude<RawAnswer, { type: 'events' }> {
  // Speech, or a transcript as plain text.
  if (endpoint === 'audio' && !/json/i.test(contentType)) {
    return { type: 'whole', contentType, text: '', bytes, upstreamModel };
  }
  const text = bytes.toString('utf8');
  const members = findMembers(text, ['error', 'usage', 'choices', 'data', 'output', 'results', 'model']);
  const memberOf = (name: string): JsonValue | undefined => {
    const found = members.find((member) => member.name === name);
    return found === undefined ? undefined : tryParse(text.slice(found.valueStart, found.end));
  };
  const error = memberOf('error');
  if (error !== undefined && error !== null) throw inBandFailure(error, secrets, clock.now());
  const isAnswer = endpoint === 'audio' || members.length > 0;
  if (!isAnswer || !text.trimEnd().endsWith('}')) {
    throw new UpstreamFailure('failed', 'upstream_protocol', 'The upstream sent no JSON');
  }
  const told = decodeUsage(memberOf('usage'));
  const usage = told ?? (form === undefined ? estimateUsage(requestText, memberOf('choices')) : undefined);
  const answering = memberOf('model');
  const finish = endpoint === 'chat' || endpoint === 'completions' ? finishOf(memberOf('choices')) : undefined;
  return {
    type: 'whole',
    contentType,
    text: model === '' ? text : applyEdits(text, replaceModel(text, model)),
    // As of a stream: which one has answered, where the upstream says so.
    upstreamModel: typeof answering === 'string' && answering !== '' ? answering : upstreamModel,
    ...(usage !== undefined && { usage }),
    ...(finish !== undefined && { finishReason: decodeFinishReason(finish) }),
  };
}

function finishOf(choices: JsonValue | undefined): string | undefined {
  const first = Array.isArray(choices) ? (choices[0] as JsonValue | undefined) : undefined;
  return isJsonObject(first) && typeof first.finish_reason === 'string' ? first.finish_reason : undefined;
}

export function tryParse(text: string): JsonValue | undefined {
  try {
    return parseJson(text);
  } catch {
    return undefined;
  }
}
