/**
 * The app's own word on who may call: asked where none of the gateway's keys was given. What a caller may use up is counted here
 * by the id that the app gives, whatever object it hands over each time.
 */
import { LRUCache } from 'lru-cache';
import { GatewayError } from '../../chat/index.js';
import { abortable, type Clock, checkOptions, listOf, type OptionRules } from '../../util/index.js';
import type { GatewayResponse } from '../http/gateway-response.js';
import { fromWebResponse, isWebResponse } from '../http/web-classes.js';
import type { RequestContext } from '../request-context.js';
import type { AccessTier, Principal } from './auth.js';
import { createKeyLimiter, type KeyLimits, type KeyUsage, LIMIT_RULES, noUsage } from './key-limits.js';
import { createModelFilter } from './model-filter.js';

/** Somebody whom the app knows. */
export interface Caller {
  /**
   * Stands in logs and in `CallContext.principal`. Stored responses, conversations and what is used up are kept apart by it: no
   * two users of one id. At most 256 characters.
   */
  readonly id: string;
  /** What the caller may use up; counted in this process, for the 10 000 callers who were seen last. */
  readonly limits?: KeyLimits;
  /** Names that may be asked for, `*` standing for any characters. Absent: all. */
  readonly models?: readonly string[];
  /** Opens the operator's routes (`/internal/…`, `/metrics`) as well. Default false. */
  readonly isOperator?: boolean;
}

/** What is known of a request beside itself. */
export interface AuthorizeInfo {
  /** `client`: an answer, or a list of models, is asked for. `admin`, `metrics`: the operator's routes. */
  readonly access: AccessTier;
  /** As the log names it: `openai-chat`, `models`, … */
  readonly route: string;
  readonly requestId: string;
  readonly remoteAddress?: string;
}

/**
 * Says who it is, or answers in the gateway's place. Nothing, `null` or `false` is a 401 in the words of the protocol; so is a
 * `GatewayError` that is thrown, with its own status; any other error is a 500. `request` has no body; its URL is below the mount,
 * and its signal aborts when the client leaves.
 */
export type Authorize = (request: Request, info: AuthorizeInfo) => Admittance | Promise<Admittance>;

/** What an app says of a request. */
export type Admittance = Caller | Response | null | undefined | false;

/** Callers whose use is counted at a time; the one that was away longest is forgotten first. */
const MAX_CALLERS = 10_000;
const MAX_ID_LENGTH = 256;

const CALLER_RULES: OptionRules<Caller> = {
  id: 'text',
  limits: LIMIT_RULES,
  models: listOf('string'),
  isOperator: 'boolean',
};

export type CallerUsages = Pick<LRUCache<string, KeyUsage>, 'get' | 'set'>;

export const createCallerUsages = (): CallerUsages => new LRUCache<string, KeyUsage>({ max: MAX_CALLERS });

export interface AskedApp {
  readonly authorize: Authorize;
  readonly usages: CallerUsages;
  readonly clock: Clock;
}

/**
 * @throws GatewayError `unauthenticated`, `permission_denied`, or what the app throws
 * @throws TypeError where what the app says makes no sense
 */
export async function askApp(
  { authorize, usages, clock }: AskedApp,
  access: AccessTier,
  context: RequestContext,
): Promise<{ readonly principal: Principal } | { readonly response: GatewayResponse }> {
  const { request, requestId, remoteAddress, routeName: route } = context;
  const asked = new Request(request.url, {
    method: request.method,
    headers: request.webHeaders(),
    signal: context.signal,
  });
  const info = { access, route, requestId, ...(remoteAddress !== undefined && { remoteAddress }) };
  const said = await abortable(Promise.resolve(authorize(asked, info)), context.ownSignal);
  if (said === null || said === undefined || said === false) {
    throw new GatewayError('unauthenticated', 'The credentials of this request are not known');
  }
  if (isWebResponse(said)) return { response: await fromWebResponse(said) };
  checkOptions('authorize()', said, CALLER_RULES, { required: ['id'] });
  const { id, limits, models, isOperator = false } = said;
  if (id.length > MAX_ID_LENGTH) throw new TypeError(`authorize(): "id" is longer than ${MAX_ID_LENGTH} characters`);
  if (access !== 'client' && !isOperator) {
    throw new GatewayError('permission_denied', 'This route is for operators');
  }
  let usage = usages.get(id);
  if (usage === undefined && limits !== undefined) {
    usage = noUsage();
    usages.set(id, usage);
  }
  return {
    principal: {
      id,
      ...(limits !== undefined && { limiter: createKeyLimiter(limits, clock, usage) }),
      ...(models !== undefined && { models: createModelFilter(models) }),
    },
  };
}
