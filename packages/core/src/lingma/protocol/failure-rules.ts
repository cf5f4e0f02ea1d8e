/**
 * What codes and words of a failure mean: the vendor's codes, HTTP statuses, and how the makers of the models and of the
 * servers in front of them put it, in English and Chinese. Words are looked up in {@link foldWords} form.
 */
import type { ErrorCode, GatewayErrorOptions } from '../../chat/index.js';
import type { FailureDetail } from './failure-detail.js';

export interface FailureMeaning {
  /** `content-filter` is an end of the answer, not an error; everything else is. */
  readonly code: ErrorCode | 'content-filter';
  readonly message: string;
  readonly options?: Pick<GatewayErrorOptions, 'shouldRetry'>;
}

const meaning = (
  code: FailureMeaning['code'],
  message: string,
  options?: FailureMeaning['options'],
): FailureMeaning => ({ code, message, ...(options !== undefined && { options }) });

const QUOTA = meaning('quota_exceeded', 'The Lingma account has used up its quota');
const LOGIN = meaning(
  'login_required',
  'Lingma is not logged in: log in with its IDE plug-in or the gateway’s login, then try again',
);
const RATE = meaning('rate_limited', 'Lingma asks for fewer requests at a time');
const QUEUED = meaning('rate_limited', 'The model is busy: Lingma has put the request in a queue');
const OVERLOADED = meaning('upstream_overloaded', 'The model’s servers are overloaded: try again in a while');
// Claude Code compacts the conversation when a message begins with these words.
const TOO_LONG = meaning(
  'context_length_exceeded',
  'prompt is too long: the model’s context is smaller than this conversation',
);
const TIME_OUT = meaning('upstream_timeout', 'The model timed out inside Lingma');
const FILTERED = meaning('content-filter', 'Lingma’s content filter refused the answer');
const OUTDATED = meaning(
  'upstream_error',
  'This Lingma is too old for its server: update the client (the IDE plug-in, or QoderCN), then try again',
  { shouldRetry: false },
);
const TOO_MANY_MEDIA = meaning('invalid_request', 'More pictures or files than the model takes in one turn');

/** Codes of the vendor's own, and statuses it uses in a sense of its own. They say more than any words beside them. */
const VENDOR_CODES: ReadonlyMap<number, FailureMeaning> = new Map([
  [103, LOGIN],
  [105, LOGIN],
  ...[110, 112, 113, 114, 115, 116, 117, 118, 119, 122].map((code) => [code, QUOTA] as const),
  [406, FILTERED],
  [413, TOO_LONG],
  [430, OUTDATED],
  [10408, TIME_OUT],
  [10605, QUEUED],
  [80411, TOO_LONG],
  [80412, TOO_MANY_MEDIA],
]);

/** Statuses that say something where the words say nothing. */
const HTTP_STATUSES: ReadonlyMap<number, FailureMeaning> = new Map([
  [401, LOGIN],
  [402, QUOTA],
  [408, TIME_OUT],
  [429, RATE],
  [503, OVERLOADED],
  [504, TIME_OUT],
  [529, OVERLOADED],
]);

/** Of an account that has run dry, whatever else is said: such a refusal lasts. */
const SURELY_QUOTA = [
  /insufficient quota|(current|monthly|weekly|daily|free|account)( usage)? quota|quota (is )?(exhausted|used up|has been exceeded|reached)/,
  /\bcredits?\b.{0,30}\b(exceed\w*|exhaust\w*|insufficient|used up|drained|deplet\w*|run out|ran out|too low|reached|limit)|\b(out of|no|no remaining|not enough|insufficient|drained|exhausted) credits?\b|\bcredits? (is |are )?not enough|exceed\w*( \w+){0,3} credits?\b/,
  /\bbilling\b.{0,30}\b(exceed\w*|limit|error|reached)|payment required|arrears?\b|arrearage|insufficient (account )?balance|balance.{0,20}(insufficient|exhaust\w*|too low|not enough)/,
  /(usage|spend(ing)?|daily|weekly|monthly|free[ -]?(tier|trial|plan)?)( \w+){0,2} (limit|count|cap|allowance)( \w+){0,2} (exceed\w*|reached|hit|exhaust\w*)|(hit|reached|exceeded) (your|the) (usage|daily|weekly|monthly|free|spending)( \w+){0,2} (limit|cap)|upgrade your (plan|subscription)|good standing|(free )?trial( \w+)? (has |is )?(ended|expired|over)/,
  /欠费|(额度|配额|余额|点数|积分|次数|用量|流量包|资源包|套餐).{0,12}(用完|用尽|耗尽|不足|超限|上限|已满|超出)|超出.{0,6}(配额|额度|用量)|(请|需要?)(充值|续费|购买)|(试用|套餐|会员|订阅).{0,6}(到期|过期|结束)/,
];
const RATE_WORDS = [
  /rate limit|rate (is )?exceeded|rate quota|too many (requests|concurrent)|throttl|slow down|rate increased too quickly|(requests?|tokens?) per (second|minute|min|hour)|\b(tpm|rpm|qps|qpm) (limit|exceed)|concurren(t|cy)( \w+){0,3} (limit|exceed)|max( \w+){0,2} concurrency|(limit|exceed)\w* .{0,12}concurren/,
  /(请求|操作|调用|访问|提问)(得|的)?(过于|太|过)(频繁|快)|请求过快|(频率|速率)(过高|过快|超|限制|上限)|限流|\b(rpm|tpm|qps|qpm|tps) ?(超|达|已)|并发(数)?(过|超|限|已达)|请求(数|量)?(过多|太多)|(每分钟|每秒).{0,10}(上限|超|限制)/,
];
const QUEUE_WORDS = [
  /\b(request|model|you|your request) (is|are|has been|was) (now )?(queued|in (the |a )?queue)|model queued|in the queue|queue (is )?full|排队/,
];
const OVERLOAD_WORDS = [
  /overload|(server|service|system|model|engine|backend|upstream)( is| are)?( currently| temporarily| too)? (busy|at capacity|unavailable)|(at|over|out of|insufficient) capacity|(服务|系统|模型|服务器|引擎).{0,6}(繁忙|过载|不可用)|(no|not enough) (available )?(capacity|resources?|instances?)\b|too many users|过载|负载(过|太|较)高|(人数|用户)(过|太|较)多|拥(堵|挤)|(算力|资源)(紧张|不足)/,
];
const TIME_OUT_WORDS = [/timed? ?outs?\b|deadline exceeded|(?<!登录|登陆|会话)超时/];
const TOO_LONG_WORDS = [
  // OpenAI and whoever speaks like it (DeepSeek, vLLM, SGLang, OpenRouter); llama.cpp, Ollama, LM Studio; xAI; Mistral.
  /context (length|size|window|limit)s? (is |was |has been |limit )?exceed|exceed\w* (the |our |its |your |max |maximum )*(\w+’s |\w+'s )?(available |max(imum)? |model('s)? |model’s |allowed )*context (length|size|window|limit)|exceed context size/,
  /max(imum)? (context|prompt|model) (length|size)|maximum length of \d+ tokens|longer than (the )?(max(imum)? )?(model|context)('s|’s)? ?(context )?(length|size|window)|(context|model)('s|’s)? context length \(|greater than the (model('s|’s)? )?context (length|size|window)|max model len/,
  /configured context size|context window exceed|outside (of )?the context window|does not fit (in|into) the context/,
  /reduce (the length of )?(the|your) (messages?|prompt|input|conversation|context)|too large for model with \d+|please shorten (the|your) (prompt|input|messages)/,
  // Anthropic, Bedrock, Kimi, GLM, ERNIE and plain words.
  /\b(prompt|input|conversation|request|messages?|context|history|input token length|prompt tokens?)( text| length| tokens?)? (is |are |was |were )?too (long|large)\b/,
  /\b(prompt|input|inputs|messages?|conversation)( \w+){0,3} exceeds? (the |its )?(max(imum)?|limit|allowed|model)|\binput (token count|length)\b.{0,40}exceed|(prompt|input) token count.{0,24}exceed|input validation error.{0,20}must have less than \d+ tokens/,
  /exceed\w* (the )?model('s|’s)? (max(imum)? )?token limit|token limit exceeded|too many (input |prompt )?tokens|total (message )?tokens?.{0,40}exceed|tokens in the prompt cannot exceed|max prompt tokens/,
  // DashScope.
  /range of input length should be|input characters? limit|string too long\b.{0,20}expected a string with max|input length should be (in|between|less)|total message token length exceed/,
  /(上下文|输入|提示词?|prompt|消息|对话|会话|请求内容|内容|文本)\s*(的)?(长度|窗口|token|tokens|总长度|字数|内容)?\s*(数|数量)?\s*(已经?|太|过)?\s*(超出|超过|过长|太长|超长|超限)|超(出|过)了?.{0,10}(上下文|输入长度|最大(输入|长度|token)|token ?(上限|限制|数))|长度超(限|出|过)|请求过长|tokens? ?(数|数量)? ?(超出|超过|超限)|输入长度(应|必须)/,
];
const LOGIN_WORDS = [
  /not.{0,3}log(ged)?.{0,3}in\b|not ?login|(please|need to|must) (log|sign) ?in|log ?in (is |has )?(required|expired|first)|\b(need|no) log ?in\b|auth(entication)? failed|not authenticated|authentication (is )?required|unauthori[sz]ed|(access|auth\w*|refresh|security|user|bearer|session|api|login) ?(token|key).{0,20}(expired|invalid|revoked)|\btoken (is |has |was )?(expired|invalid)|(expired|incorrect|invalid (access|auth\w*|refresh|security|login|user)) (token|api ?key)\b|(expired|invalid|incorrect) (access |auth\w* |security )?api ?key\b|invalid token(?! ?(in|at|near|of|count|type|id)\b| ?[:'"<{[(`])|(log ?in|sign ?in)( session| state| status)? (has |is |was )?(expired|invalid)|\bsession (has |is )?expired/,
  /(未|没有|需要?|请.{0,4})登[录陆]|登[录陆].{0,6}(过期|失效|超时)|(会话|身份).{0,4}(过期|失效|超时)|(凭证|令牌|凭据|token|密钥).{0,4}(过期|失效|无效)|(身份)?(认证|鉴权|验证)(失败|未通过|不通过)/,
];
const OUTDATED_WORDS = [
  /\b(client|plug ?in|extension|ide|app|cli|lingma|qoder\w*)( version)?( is| has become)? (too old|too low|outdated|out of date|obsolete|deprecated|no longer supported|not supported any ?more)|version( of \w+)? (is )?(too old|too low|outdated|no longer supported|not supported any ?more)|(update|upgrade)( \w+){0,3} (client|plug ?in|extension|version|latest|newest)|minimum( supported)? (client )?version/,
  /版本(过低|太低|过旧|太旧|已?停止)|请?(更新|升级)(到|至|您的|你的)?.{0,12}(版本|客户端|插件|新版)/,
];
const FILTER_WORDS = [
  /content ?filter|\bfilter(ed)?\b|\bblocked\b|data ?inspection|(?<!case )\bsensitive\b|inappropriate|risk ?control|moderation|content (policy|exists risk)|high risk|敏感|违规|内容安全|不合规|内容.{0,8}(不安全|风险|审核)|(审核|风控)(未|不)通过/,
];
const WEAK_QUOTA_WORDS = [
  // Of limits without a name, or with one of an account's: recursion, tool calls and a hundred other things have some as well.
  /\bquotas?\b|(usage|daily|weekly|monthly).{0,12}limit|(?<!memory |cpu |disk )usage.{0,20}exceeded|(?:^|[.:;,(\n] ?|\b(?:your|the|request|account|user|plan|model|free|trial) )limit exceeded|(reached|hit|exceeded) your( \w+){0,2} limit/,
];
const WORKSPACE = meaning(
  'upstream_error',
  'Lingma cannot use its working folder: it must exist where Lingma runs. Configure another one',
);
const NO_MODEL = meaning(
  'upstream_error',
  'Lingma has no model for this turn: name one that it lists, or configure one',
);

/**
 * First match wins. Time-outs stand before all that "exceeds" something ("context deadline exceeded" is Go's word for
 * every time-out), an empty account before a limit on the rate ("current quota … see rate limits"), that limit before a
 * prompt that is too long ("too many tokens per minute"), and the mere word "quota" last.
 */
const WORDS: readonly (readonly [FailureMeaning, readonly RegExp[]])[] = [
  [TIME_OUT, TIME_OUT_WORDS],
  [QUOTA, SURELY_QUOTA],
  [QUEUED, QUEUE_WORDS],
  [RATE, RATE_WORDS],
  [TOO_LONG, TOO_LONG_WORDS],
  [LOGIN, LOGIN_WORDS],
  [WORKSPACE, [/get workspace folder|workspace ?path is empty/]],
  [NO_MODEL, [/model key is empty/]],
  [OUTDATED, OUTDATED_WORDS],
  [FILTERED, FILTER_WORDS],
  [QUOTA, WEAK_QUOTA_WORDS],
];

export function meaningOfVendorCode(codes: readonly number[]): FailureMeaning | undefined {
  return firstOf(codes, VENDOR_CODES);
}

export function meaningOfStatus(codes: readonly number[]): FailureMeaning | undefined {
  return firstOf(codes, HTTP_STATUSES);
}

export function meaningOfWords(text: string): FailureMeaning | undefined {
  const words = foldWords(text);
  return WORDS.find(([, patterns]) => patterns.some((pattern) => pattern.test(words)))?.[0];
}

/** Words of an overload say less than a status does: whoever sends 429 or 500 with them means that. */
export function meaningOfOverload({ text, codes }: FailureDetail): FailureMeaning | undefined {
  if (codes.some((code) => code >= 400 && code < 600)) return undefined;
  const words = foldWords(text);
  return OVERLOAD_WORDS.some((pattern) => pattern.test(words)) ? OVERLOADED : undefined;
}

/** Of a failure of which nothing else is known than how it was reported. */
export const MEANING = { queued: QUEUED, login: LOGIN };

/** `rate_limit_exceeded`, `Rate-Limit` and `RateLimitExceeded` are the same words. */
function foldWords(text: string): string {
  return (
    text
      .replace(/([a-z])([A-Z])/g, '$1 $2')
      // One report a line: no word of one goes with the next one's.
      .replace(/\s*\n\s*/g, ' ; ')
      .replace(/[_\-\s]+/g, ' ')
      .toLowerCase()
  );
}

function firstOf(codes: readonly number[], table: ReadonlyMap<number, FailureMeaning>): FailureMeaning | undefined {
  const known = codes.find((code) => table.has(code));
  return known === undefined ? undefined : table.get(known);
}
