/** Routes that only channels other than Lingma's can serve: embeddings, and what else an upstream of OpenAI's kind may have. */
import { type Channel, type Endpoint, GatewayError, type RawRequest } from '../../chat/index.js';
import { abortable, findFormField, findMembers, formBoundary, isForm } from '../../util/index.js';
import { checkServedModel } from '../access/model-filter.js';
import { withModelOf } from '../access/model-in-path.js';
import type { Admission } from '../admission.js';
import { refuseDeclaredSize } from '../body/read-json.js';
import type { GatewayResponse } from '../http/gateway-response.js';
import type { RequestContext } from '../request-context.js';
import { pinnedChannel, respondRaw } from '../respond/pass-on.js';
import type { Route } from '../router.js';

export interface PassThroughRoutesOptions {
  readonly channel: Channel;
  readonly admission: Admission;
  /** Of embeddings alone, so that a job with many of them leaves room for answers. */
  readonly embeddings: Admission;
  /** As text, or one character a byte. */
  readonly readText: (context: RequestContext, isText: boolean) => Promise<string>;
  readonly maxBodyBytes: number;
}

const ROUTES: readonly { readonly path: string; readonly endpoint: Endpoint }[] = [
  { path: '/embeddings', endpoint: 'embeddings' },
  { path: '/moderations', endpoint: 'moderations' },
  { path: '/images/generations', endpoint: 'images' },
  { path: '/images/edits', endpoint: 'images' },
  { path: '/images/variations', endpoint: 'images' },
  { path: '/audio/speech', endpoint: 'audio' },
  { path: '/audio/transcriptions', endpoint: 'audio' },
  { path: '/audio/translations', endpoint: 'audio' },
];

export function passThroughRoutes(options: PassThroughRoutesOptions): readonly Route[] {
  return ROUTES.map(({ path, endpoint }) => ({
    name: endpoint,
    method: 'POST',
    path,
    protocol: 'openai-chat',
    access: 'client',
    handle: (context) => passThrough(path.slice(1), endpoint, options, context),
  }));
}

async function passThrough(
  path: string,
  endpoint: Endpoint,
  options: PassThroughRoutesOptions,
  context: RequestContext,
): Promise<GatewayResponse> {
  const { channel } = options;
  refuseDeclaredSize(context.request, options.maxBodyBytes);
  const { limiter } = context.principal;
  if (limiter !== undefined) context.onFinish(limiter.enter());
  const admission = endpoint === 'embeddings' ? options.embeddings : options.admission;
  const release = await admission.acquire(context.ownSignal, context.party);
  try {
    const form = takesForms(path) ? formOf(context) : undefined;
    const request = rawRequest(path, endpoint, await options.readText(context, form === undefined), form, context);
    context.learn({ chat: { conversation: {} }, response: request });
    if (channel.passThrough?.serves(endpoint, request.model) !== true) throw notServed(endpoint, request.model);
    checkServedModel(request.model, context.principal);
    const answer = await abortable(channel.passThrough.open(request, context), context.ownSignal);
    if (answer.type === 'events') throw notServed(endpoint, request.model);
    return respondRaw(answer, channel, context);
  } finally {
    release();
  }
}

/** Only the model is read: the rest is as large as the caller likes. */
function rawRequest(
  path: string,
  endpoint: Endpoint,
  text: string,
  form: Form | undefined,
  context: RequestContext,
): RawRequest {
  if (form === undefined && !text.trimStart().startsWith('{')) {
    throw new GatewayError('invalid_request', 'The request body is not a JSON object');
  }
  const written = form === undefined ? modelIn(text) : modelInForm(text, form);
  const named = withModelOf(context.request.pathname, { model: written ?? null });
  const model = (named as { readonly model?: unknown }).model;
  const pinned = pinnedChannel(context);
  return {
    ...{ endpoint, path, text, stream: false, includeUsage: false },
    model: typeof model === 'string' ? model : '',
    ...(form !== undefined && { form: form.contentType }),
    ...(pinned !== undefined && { pinned }),
  };
}

/** Pictures and recordings are sent as forms. */
const takesForms = (path: string): boolean => /^(?:images\/(?:edits|variations)|audio\/trans)/.test(path);

interface Form {
  readonly contentType: string;
  readonly boundary: string;
}

function formOf({ request }: RequestContext): Form | undefined {
  const contentType = request.headers.get('content-type');
  if (!isForm(contentType)) return undefined;
  const boundary = formBoundary(contentType);
  if (boundary !== undefined) return { contentType, boundary };
  throw new GatewayError('invalid_request', 'The content type of the form names no boundary');
}

function modelIn(text: string): string | undefined {
  const found = findMembers(text, ['model'], true).at(-1);
  return found === undefined ? undefined : textOf(text.slice(found.valueStart, found.end));
}

function modelInForm(text: string, { boundary }: Form): string | undefined {
  const found = findFormField(text, boundary, 'model');
  return found === undefined ? undefined : Buffer.from(text.slice(found.start, found.end), 'latin1').toString('utf8');
}

function textOf(json: string): string | undefined {
  try {
    const value: unknown = JSON.parse(json);
    return typeof value === 'string' ? value : undefined;
  } catch {
    throw new GatewayError('invalid_request', 'The request body is not valid JSON');
  }
}

const notServed = (endpoint: Endpoint, model: string): GatewayError =>
  new GatewayError('model_not_found', `no channel serves ${endpoint} for model '${model.slice(0, 200)}'`, {
    param: 'model',
  });
