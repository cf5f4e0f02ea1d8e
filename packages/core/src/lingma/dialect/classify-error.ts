/**
 * What a failure of the process means to a client, as one table. The process's texts, not its codes, tell what
 * happened (protocol sections 3.2 and 7.15), so text comes first. Details stay in `cause`.
 */
import { type ErrorCode, GatewayError } from '../../chat/index.js';
import { METHOD_NOT_FOUND } from '../jsonrpc/default-answer.js';
import { JsonRpcError } from '../jsonrpc/peer.js';
import { withoutSecrets } from '../without-secrets.js';
import type { DialectName } from './dialect.js';

/** How the process reported the failure. */
export interface UpstreamFailure {
  /** Text of the error, reason of the finish: whatever words there are. */
  readonly text: string;
  /** `statusCode` of a finish or error event, HTTP style. */
  readonly status?: number;
  /** JSON-RPC error code. */
  readonly rpcCode?: number;
}

interface Rule {
  readonly code: ErrorCode | 'content-filter';
  readonly text?: RegExp;
  readonly statuses?: readonly number[];
  readonly rpcCodes?: readonly number[];
  readonly message: string;
}

/** First match wins: all texts are tried before any status. */
const RULES: readonly Rule[] = [
  {
    code: 'quota_exceeded',
    text: /quota|(credits?|balance|额度|配额|余额).{0,20}(exceed|exhaust|insufficient|used up|用完|用尽|耗尽|不足|超)|insufficient.{0,10}(credit|balance)|usage.{0,20}exceeded|(usage|daily|weekly|monthly).{0,12}limit|(用量|次数).{0,12}(上限|超|用完|用尽)|超出.{0,4}(配额|额度)|limit exceeded|out of credits/i,
    statuses: [429, 402],
    message: 'The Lingma account has used up its quota',
  },
  {
    code: 'login_required',
    text: /not.{0,3}log(ged)?.{0,3}in|not.?login|(please|need to|must) (log|sign).?in|log.?in (is )?(required|expired|first)|\b(need|no) log.?in\b|auth(entication)? failed|not authenticated|authentication (is )?required|unauthori[sz]ed|token.{0,12}(expired|invalid)|未登录|请.{0,4}登录|登录.{0,6}(过期|失效)/i,
    statuses: [401],
    rpcCodes: [-32000],
    message: 'Lingma is not logged in: log in with its IDE plug-in or the gateway’s login, then try again',
  },
  {
    code: 'rate_limited',
    text: /rate.?limit|too many requests|throttl|请求(过于|太)频繁|限流/i,
    message: 'Lingma asks for fewer requests at a time',
  },
  {
    code: 'invalid_request',
    text: /(prompt|input|context|message).{0,24}(too (long|large)|exceed)|maximum (context|input)|max.{0,6}tokens?.{0,12}exceed|(上下文|输入).{0,10}(过长|超长|超出)/i,
    message: 'prompt is too long: the model’s context is smaller than this conversation',
  },
  {
    code: 'upstream_error',
    text: /get workspace folder|workspace ?path is empty/i,
    message: 'Lingma cannot use its working folder: it must exist where Lingma runs. Configure another one',
  },
  {
    code: 'upstream_error',
    text: /model key is empty/i,
    message: 'Lingma has no model for this turn: name one that it lists, or configure one',
  },
  {
    code: 'content-filter',
    text: /content.?filter|\bfilter(ed)?\b|\bblocked\b|data.?inspection|sensitive|inappropriate|risk.?control|moderation|敏感|违规|内容安全|不合规/i,
    message: 'Lingma’s content filter refused the answer',
  },
  {
    code: 'upstream_timeout',
    text: /\btime.?d?.?out\b|deadline exceeded|超时/i,
    statuses: [408, 504],
    message: 'The model timed out inside Lingma',
  },
];

const RATE_LIMIT = /rate.?limit|too many requests|throttl|频繁|限流/i;

/** `content-filter` is an end of the answer, not an error; everything else is. */
export function classifyFailure(failure: UpstreamFailure, cause?: unknown): GatewayError | 'content-filter' {
  const rule = findRule(failure);
  const detail =
    cause ?? new Error(`Lingma: ${withoutSecrets(failure.text)} (${failure.status ?? failure.rpcCode ?? 'no code'})`);
  if (rule === undefined) {
    const code = failure.status ?? failure.rpcCode;
    return new GatewayError('upstream_error', `Lingma reported an error${code === undefined ? '' : ` (${code})`}`, {
      cause: detail,
    });
  }
  return rule.code === 'content-filter' ? rule.code : new GatewayError(rule.code, rule.message, { cause: detail });
}

function findRule({ text, status, rpcCode }: UpstreamFailure): Rule | undefined {
  // "rate limit exceeded" says both; it passes, an empty account does not.
  if (RATE_LIMIT.test(text)) return RULES.find((rule) => rule.code === 'rate_limited');
  return (
    RULES.find((rule) => rule.text?.test(text) === true) ??
    RULES.find((rule) => status !== undefined && rule.statuses?.includes(status) === true) ??
    RULES.find((rule) => rpcCode !== undefined && rule.rpcCodes?.includes(rpcCode) === true)
  );
}

/** Anything thrown while talking to the process, as a {@link GatewayError} of the table. */
export function toTurnError(thrown: unknown): GatewayError {
  if (GatewayError.isInstance(thrown)) return thrown;
  if (thrown instanceof JsonRpcError) {
    const classified = classifyFailure({ text: textOf(thrown), rpcCode: thrown.code }, thrown);
    return classified === 'content-filter'
      ? new GatewayError('upstream_error', 'Lingma’s content filter refused the request', { cause: thrown })
      : classified;
  }
  return new GatewayError('upstream_error', 'Lingma could not answer', { cause: thrown });
}

/** The cause may stand in the message, in `data`, or in `data.message` / `data.details`. */
export function textOf(error: JsonRpcError): string {
  return error.data === undefined ? error.message : `${error.message} ${JSON.stringify(error.data)}`;
}

const UNKNOWN_METHOD =
  /unknown method|(no such|invalid|undefined|unhandled|unrecogni[sz]ed) method|(method|handler)\b.{0,60}\b(not (found|supported|implemented|exist|registered|available)|unknown|unsupported|missing)|does ?n[o']t exist|not supported|unsupported|not implemented|no handler/i;

/** Whether the process answered that it has no such method; only a style of the text is known (protocol section 3.2). */
export function isUnknownMethod(thrown: unknown): boolean {
  return thrown instanceof JsonRpcError && (thrown.code === METHOD_NOT_FOUND || UNKNOWN_METHOD.test(thrown.message));
}

/**
 * A process that serves no way to hold a conversation, in words that say what to do; any other failure as it is.
 * `dialect`: the client's setting.
 */
export function explainUnserved(error: GatewayError, dialect: DialectName | 'auto'): GatewayError {
  const { cause } = error;
  if (!(cause instanceof JsonRpcError) || !isUnknownMethod(cause)) return error;
  // "the model does not exist" is no word about the method.
  if (cause.code !== METHOD_NOT_FOUND && !/method|handler/i.test(cause.message)) return error;
  const asked = TURN_METHODS[cause.method];
  if (asked === undefined) return error;
  const message =
    dialect === 'auto'
      ? 'This Lingma serves neither ACP nor chat/ask: update it, or set the dialect if you know which one it speaks'
      : `This Lingma does not serve ${asked}: set the dialect to ${dialect === 'acp' ? 'lsp-chat' : 'acp'} or auto, or update it`;
  return new GatewayError(error.code, message, { cause });
}

const TURN_METHODS: Readonly<Record<string, string>> = {
  'chat/ask': 'chat/ask',
  'session/new': 'ACP',
  'session/prompt': 'ACP',
};

/** Cause of errors that end a turn because its connection died; such a turn may be repeated on a new one. */
export class ConnectionLost extends Error {
  override readonly name = 'ConnectionLost';
}

/** A process that broke the wire protocol is told from one that went away. */
export function connectionLost(cause?: unknown): GatewayError {
  if (GatewayError.isInstance(cause) && cause.code === 'upstream_protocol') {
    return new GatewayError(cause.code, cause.message, {
      cause: new ConnectionLost('connection to the process given up', { cause }),
    });
  }
  return new GatewayError('upstream_error', 'The connection to Lingma was lost', {
    cause: new ConnectionLost('connection to the process lost', { cause }),
  });
}

/** Cause of errors that end a turn because something else we sent made the process drop it; it may be repeated. */
class TurnDisturbed extends Error {
  override readonly name = 'TurnDisturbed';
}

export function turnDisturbed(): GatewayError {
  return new GatewayError('upstream_error', 'Lingma cancelled the turn', {
    cause: new TurnDisturbed('cancelled by a further question on the same connection'),
  });
}

export function isTurnDisturbed(error: GatewayError): boolean {
  return error.cause instanceof TurnDisturbed;
}

/** `not_ready` is how a connection rejects calls that were under way when it closed. */
export function isConnectionLost(error: unknown): boolean {
  return GatewayError.isInstance(error) && (error.code === 'not_ready' || error.cause instanceof ConnectionLost);
}
