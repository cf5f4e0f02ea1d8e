/**
 * One request against the response store. The flow, for whoever mounts the routes:
 *
 *   POST /v1/responses     const exchange = await openStoredExchange({ body, store, principal });
 *                          use `exchange` as the WireProtocol of this request: its `parseRequest` knows the history and
 *                          the referenced items, and what it encodes is stored before the client can refer to it
 *                          (with an asynchronous store: await `exchange.settled()` before the last bytes go out)
 *   POST …/compact         the same with openCompactExchange
 *   GET …/{id}             retrieveResponse(store, principal, id)
 *   DELETE …/{id}          deleteResponse(store, principal, id)
 *   GET …/{id}/input_items listInputItems(store, principal, id, url.searchParams)
 *
 * All of them throw `not_found` for an id the principal has not stored, another key's ids included.
 */
import { GatewayError } from '../../../chat/index.js';
import { isJsonObject, type JsonObject } from '../../../util/index.js';
import type { WireProtocol } from '../../protocol.js';
import { RequestWarnings } from '../../request/request-warnings.js';
import { openaiResponses } from '../protocol.js';
import { completeInputItems, inputItemsPage, parseInputItemsQuery } from '../request/input-items.js';
import { itemType, parseItems } from '../request/parse-items.js';
import {
  type ParsedResponsesRequest,
  parseCompaction,
  parseRequest,
  type StoredContext,
} from '../request/parse-request.js';
import { encodeResult } from '../response/encode-result.js';
import { createStreamEncoder } from '../response/encode-stream.js';
import type { ResponseStore, StoredResponse } from './response-store.js';

/** What a request of Responses is read with. */
export interface StoredExchangeOptions {
  /** The request body, parsed as JSON and nothing more. */
  readonly body: unknown;
  readonly store: ResponseStore;
  /** Whose responses these are: one string per client key. */
  readonly principal: string;
  /** Told when the store fails; the answer goes out all the same. */
  readonly onStoreError?: (error: unknown) => void;
}

/** The protocol of one request that may go on from a stored response, and whose own is stored. */
export interface StoredExchange extends WireProtocol {
  /** Resolves when the response has been stored, at once when there is nothing to store. Never rejects. */
  settled(): Promise<void>;
}

/** Looks up what the body refers to. Bodies that make no sense pass: `parseRequest` words the error. */
export async function openStoredExchange(options: StoredExchangeOptions): Promise<StoredExchange> {
  return exchangeOver(await loadContext(options.body, options.store, options.principal), options);
}

/**
 * `POST /v1/responses/compact`: the conversation's own messages but the model's, and after them one item that stands for
 * everything else. Nothing is stored: the client sends the output back as its next input.
 */
export async function openCompactExchange(options: StoredExchangeOptions): Promise<StoredExchange> {
  const { body: given, store, principal } = options;
  const asked = isJsonObject(given) ? { ...given, stream: false, store: false } : given;
  const context = await loadContext(asked, store, principal);
  const exchange = exchangeOver(context, options);
  let kept: readonly JsonObject[] = [];
  return {
    ...exchange,
    parseRequest(_, headers) {
      const parsed = parseCompaction(asked, context, headers);
      const earlier = context.previous?.inputItems ?? [];
      kept = [...earlier, ...completeInputItems(parsed.inputItems, String(parsed.response.echo.id))].filter(
        isInstruction,
      );
      return parsed;
    },
    encodeResult(result, response) {
      const { id, created_at, output, usage } = encodeResult(result, response);
      const compacted = [...kept, ...(output as readonly JsonObject[])];
      return { id, object: 'response.compaction', created_at, output: compacted, usage };
    },
  };
}

/** Messages of people and programs; what the model said, thought and called is told in the summary. */
const isInstruction = (item: JsonObject): boolean => item.type === 'message' && item.role !== 'assistant';

function exchangeOver(context: StoredContext, options: StoredExchangeOptions): StoredExchange {
  const { store, principal } = options;
  let request: ParsedResponsesRequest | undefined;
  let pending = Promise.resolve();
  const keep = (response: () => JsonObject, length: number): void => {
    if (request === undefined || !request.store) return;
    pending = store
      .put(principal, storedResponse(request, response(), length, context.previous))
      .catch((error: unknown) => options.onStoreError?.(error));
  };
  const own: Omit<StoredExchange, keyof WireProtocol> & Partial<WireProtocol> = {
    parseRequest(body, headers) {
      request = parseRequest(body, context, headers);
      return request;
    },
    encodeResult(result, response) {
      const encoded = encodeResult(result, response);
      if (request?.store === true) keep(() => encoded, JSON.stringify(encoded).length);
      return encoded;
    },
    createStreamEncoder: (response) => createStreamEncoder(response, { onEnd: keep }),
    settled: () => pending,
  };
  return Object.assign({}, openaiResponses, own);
}

async function loadContext(body: unknown, store: ResponseStore, principal: string): Promise<StoredContext> {
  if (!isJsonObject(body)) return { resolveItem: () => undefined };
  const previousId = body.previous_response_id;
  const previous = typeof previousId === 'string' ? await store.get(principal, previousId) : undefined;
  const found = new Map<string, JsonObject>();
  for (const item of Array.isArray(body.input) ? body.input : [body.input]) {
    if (!isJsonObject(item) || itemType(item) !== 'item_reference' || typeof item.id !== 'string') continue;
    const stored = await store.getItem(principal, item.id);
    if (stored !== undefined) found.set(item.id, stored);
  }
  return { resolveItem: (id) => found.get(id), ...(previous !== undefined && { previous }) };
}

function storedResponse(
  request: ParsedResponsesRequest,
  response: JsonObject,
  length: number,
  previous: StoredResponse | undefined,
): StoredResponse {
  const output = (response.output ?? []) as readonly JsonObject[];
  const said = previous === undefined ? [] : outputOf(previous);
  const own = completeInputItems(request.inputItems, String(response.id));
  // Those of earlier turns were measured then: a long conversation is not written out with each turn.
  const inputBytes = (previous === undefined ? 0 : inputBytesOf(previous)) + bytesOf(said) + bytesOf(own);
  const answer = parseItems(output, 'output', { warnings: new RequestWarnings(), resolveItem: () => undefined });
  return {
    response,
    inputItems: previous === undefined ? own : [...previous.inputItems, ...said, ...own],
    // After a compaction the conversation goes on from its summary.
    messages:
      request.response.compacts === true
        ? answer.messages
        : [...(previous?.messages ?? []), ...request.inputMessages, ...answer.messages],
    inputBytes,
    bytes: inputBytes + length,
  };
}

const outputOf = (stored: StoredResponse): readonly JsonObject[] =>
  (stored.response.output ?? []) as readonly JsonObject[];

const inputBytesOf = ({ inputItems, inputBytes }: StoredResponse): number => inputBytes ?? bytesOf(inputItems);

const bytesOf = (items: readonly JsonObject[]): number =>
  items.reduce((total, item) => total + JSON.stringify(item).length, 0);

/** `GET /v1/responses/{id}`. @throws GatewayError `not_found`, `unsupported_feature` for `?stream=true` */
export async function retrieveResponse(
  store: ResponseStore,
  principal: string,
  id: string,
  query: URLSearchParams = new URLSearchParams(),
): Promise<JsonObject> {
  if (query.get('stream') === 'true') {
    throw new GatewayError('unsupported_feature', 'A response that is over cannot be streamed again', {
      param: 'stream',
    });
  }
  return (await loadResponse(store, principal, id)).response;
}

/** `DELETE /v1/responses/{id}`. @throws GatewayError `not_found` */
export async function deleteResponse(store: ResponseStore, principal: string, id: string): Promise<JsonObject> {
  if (!(await store.delete(principal, id))) throw notFound(id);
  return { id, object: 'response', deleted: true };
}

/** `GET /v1/responses/{id}/input_items`. @throws GatewayError `not_found`, `invalid_request` */
export async function listInputItems(
  store: ResponseStore,
  principal: string,
  id: string,
  query: URLSearchParams,
): Promise<JsonObject> {
  const page = parseInputItemsQuery(query);
  return inputItemsPage((await loadResponse(store, principal, id)).inputItems, page);
}

async function loadResponse(store: ResponseStore, principal: string, id: string): Promise<StoredResponse> {
  const stored = await store.get(principal, id);
  if (stored === undefined) throw notFound(id);
  return stored;
}

const notFound = (id: string): GatewayError => new GatewayError('not_found', `Response with id '${id}' not found.`);
