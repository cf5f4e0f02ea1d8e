/** The last requests, for whoever looks for a fault: bounded in number and in bytes, and redacted before anything is kept. */
import { type JsonObject, type JsonValue, redactText } from '../../util/index.js';
import type { FinishedRequest } from './finished-request.js';
import { reasonForLog, shorten } from './log-reason.js';

export interface DebugRingOptions {
  /** Requests that are kept; 0: none. */
  readonly capacity: number;
  /** For all of them, as they stand in memory. Default 4 MiB. */
  readonly maxBytes?: number;
}

const MAX_BYTES = 4 * 1024 * 1024;
/** What an entry takes besides its texts. */
const ENTRY_BYTES = 4_096;
/** Of one field that clients choose. */
const MAX_FIELD = 200;

interface Entry {
  readonly fields: JsonObject;
  /** Bodies as text: JSON is smaller than what it stands for. */
  readonly request?: string;
  readonly response?: string;
  readonly bytes: number;
}

export class DebugRing {
  readonly capacity: number;
  readonly #maxBytes: number;
  /** Oldest first. */
  readonly #entries: Entry[] = [];
  #bytes = 0;

  constructor({ capacity, maxBytes = MAX_BYTES }: DebugRingOptions) {
    this.capacity = capacity;
    this.#maxBytes = maxBytes;
  }

  get count(): number {
    return this.#entries.length;
  }

  get bytes(): number {
    return this.#bytes;
  }

  push(request: FinishedRequest): void {
    if (this.capacity <= 0) return;
    const entry = toEntry(request);
    // Bodies that leave no room for anything else stay out; what is known of the request does not.
    const kept = entry.bytes <= this.#maxBytes / 4 ? entry : { fields: entry.fields, bytes: ENTRY_BYTES };
    this.#entries.push(kept);
    this.#bytes += kept.bytes;
    while (this.#entries.length > this.capacity || this.#bytes > this.#maxBytes) {
      this.#bytes -= this.#entries.shift()?.bytes ?? 0;
    }
  }

  /** Newest first. */
  list(limit: number): readonly JsonObject[] {
    return this.#entries
      .slice(-limit)
      .reverse()
      .map(({ fields, request, response }) => ({
        ...fields,
        ...(request !== undefined && { request: JSON.parse(request) as JsonValue }),
        ...(response !== undefined && { response: JSON.parse(response) as JsonValue }),
      }));
  }
}

const field = (text: string): string => redactText(shorten(text, MAX_FIELD));

function toEntry({
  id,
  at,
  method,
  path,
  route,
  status,
  ms,
  principal,
  record,
  error,
  turn,
  body,
}: FinishedRequest): Entry {
  const { ttftMs, model, upstreamModel, instance, sessionReused, stream, finishReason } = record;
  const usage = turn?.usage;
  const fields: JsonObject = {
    id: field(id),
    at: new Date(at).toISOString(),
    method,
    path: field(path),
    route,
    status,
    ms,
    ttft_ms: ttftMs ?? null,
    principal,
    model: model === undefined ? null : field(model),
    upstream_model: upstreamModel === undefined ? null : field(upstreamModel),
    instance: instance ?? null,
    session_reused: sessionReused ?? false,
    stream: stream ?? false,
    finish_reason: finishReason ?? null,
    usage:
      usage === undefined
        ? null
        : {
            input_tokens: usage.inputTokens,
            output_tokens: usage.outputTokens,
            estimated: usage.origin === 'estimated',
          },
    error: error === undefined ? null : error.code,
    ...(error !== undefined && { reason: redactText(reasonForLog(error)) }),
  };
  const request = body === undefined ? undefined : JSON.stringify(body);
  const response = turn?.answer === undefined ? undefined : JSON.stringify(turn.answer);
  return {
    fields,
    ...(request !== undefined && { request }),
    ...(response !== undefined && { response }),
    // Two bytes a character: what is not plain English takes that much.
    bytes: ENTRY_BYTES + 2 * ((request?.length ?? 0) + (response?.length ?? 0)),
  };
}
