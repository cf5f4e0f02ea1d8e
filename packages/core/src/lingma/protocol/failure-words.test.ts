import { describe, expect, it } from 'vitest';
import { rpcError } from '../dialect/testing/fake-peer.js';
import { classifyFailure, toTurnError } from './errors.js';

const codeOf = (text: string): string => {
  const result = classifyFailure({ text });
  return typeof result === 'string' ? result : result.code;
};

/** How the makers of models and of the servers in front of them put it. */
const WORDS: Readonly<Record<string, readonly string[]>> = {
  context_length_exceeded: [
    'Input is longer than the context window',
    'input characters limit: [1,10000]',
    '<400> InternalError.Algo.InvalidParameter: Range of input length should be [1, 202745]',
    'Total message token length exceed model limit (30720 tokens).',
    'Invalid request: Your request exceeded model token limit: 262144 (requested: 291351)',
    'Input token length too long',
    'invalid params, context window exceeds limit (2013)',
    'Prompt exceeds max length',
    'Prompt 超长',
    "This model's maximum context length is 65536 tokens. However, you requested 131072 tokens (123072 in the messages, 8000 in the completion).",
    'The decoder prompt (length 5000) is longer than the maximum model length of 4096.',
    "The input (210000 tokens) is longer than the model's context length (200000 tokens).",
    'request (9000 tokens) exceeds the available context size (4096 tokens), try increasing it',
    'exceed_context_size_error',
    'the request exceeds the available context size. try increasing the context size or enable context shift',
    'tokens to keep from the initial prompt is greater than the context length',
    'prompt too long; exceeded max context length by 12 tokens',
    'Your input exceeds the context window of this model. Please adjust your input and try again.',
    'prompt is too long: 213462 tokens > 200000 maximum',
    'input length and `max_tokens` exceed context limit: 188240 + 21333 > 200000',
    'The input token count (1196265) exceeds the maximum number of tokens allowed (1048575)',
    "This model's maximum prompt length is 131072 but the request contains 537812 tokens",
    'Please reduce the length of the messages or completion.',
    'Prompt contains 40000 tokens, too large for model with 32768 maximum context length',
    'Input is too long for requested model.',
    'prompt token count of 5000 exceeds the limit of 4096',
    'too many tokens: total number of tokens in the prompt cannot exceed 8192 - received 9000.',
    'Input validation error: `inputs` must have less than 4096 tokens. Given: 5000.',
    'context_length_exceeded',
    'contextWindowExceeded',
    '输入长度超过模型上限',
    '上下文长度超限，请开启新会话',
    '会话过长，请新建会话',
    '超出了模型最大token限制。',
    '输入内容过长',
    'token 数超过限制',
  ],
  upstream_timeout: [
    'context deadline exceeded while the context length was counted',
    'context deadline exceeded',
    'Post "https://host/api": context deadline exceeded (Client.Timeout exceeded while awaiting headers)',
    'rpc error: code = DeadlineExceeded desc = context deadline exceeded',
    'net/http: TLS handshake timeout',
    'read tcp 10.0.0.1:1->10.0.0.2:2: i/o timeout',
    'RequestTimeOut: Request timed out, please try again later.',
    'ETIMEDOUT',
    '504 Gateway Time-out',
    'prompt processing timed out: context length 9000 exceeded the time limit',
    '请求超时',
    '输入处理超时',
  ],
  rate_limited: [
    'You are in queue',
    'max organization concurrency: 1, current: 2',
    'Request rate increased too quickly',
    '操作过于频繁',
    '您的请求过快',
    'RPM 超限',
    '已达到速率限制，请控制请求频率',
    'Rate exceeded',
    'rate_limit_exceeded',
    'Requests rate limit exceeded, please try again later.',
    'Throttling.AllocationQuota: Allocated quota exceeded, please increase your quota limit.',
    'Too many requests in route. Please try again later.',
    'Request too large for model on tokens per minute (TPM): Limit 30000, Requested 45000.',
    'too many tokens per minute',
    'Max concurrency limit reached',
    'request reached organization max RPM: 3, rpm limit',
    'slow down',
    'The model is queued, please wait',
    '当前请求排队中',
    '您的请求过于频繁',
    '并发数超限',
    '触发限流',
  ],
  quota_exceeded: [
    'Access denied, please make sure your account is in good standing.',
    'Your free trial has ended',
    'Exceeded your monthly credits',
    'no remaining credits',
    'credits not enough',
    '试用已到期',
    'Billing daily count exceeded',
    'Credits drained',
    'Team member Credits exhausted',
    'Billing-group Credits limit reached',
    'Free usage limit for the selected model reached',
    'You exceeded your current quota, please check your plan and billing details: https://host/rate-limits',
    'insufficient_quota',
    'You’ve hit your usage limit. Upgrade your plan to continue.',
    'Access denied, please make sure your account is in good standing (Arrearage)',
    'Insufficient Balance',
    '402 Payment Required',
    '账户已欠费',
    '余额不足，请充值',
    '今日调用次数已达上限',
    '额度已用尽',
    'quota exceeded',
  ],
  upstream_overloaded: [
    'No available capacity',
    'Too many users online',
    '当前服务负载过高',
    '当前使用人数较多，请稍后再试',
    '网络拥堵',
    '算力不足',
    'The engine is currently overloaded, please try again later',
    'overloaded_error',
    'Server is too busy',
    '503 Service Unavailable',
    'Selected model is at capacity',
    '服务繁忙，请稍后再试',
    '系统过载',
  ],
  login_required: [
    '身份认证失败',
    '鉴权失败',
    'token 已过期',
    '登录超时，请重新登录',
    '需要登录',
    '请重新登陆',
    'Login session expired',
    'Login or access token expired',
    'Invalid API-key provided.',
    'token is expired',
    'Unauthorized',
    '登录已过期',
    '凭证失效',
  ],
  'content-filter': [
    '内容存在风险',
    '输入内容不安全',
    '内容审核未通过',
    'DataInspectionFailed: Input or output data may contain inappropriate content.',
    'Content Exists Risk',
    'The request was rejected because it was considered high risk',
    '内容违规',
  ],
  upstream_error: [
    'invalid token in stream',
    'stack limit exceeded',
    'tool call limit exceeded',
    "invalid token '<' at position 3",
    'client version is too old, please upgrade to the latest version',
    '插件版本过低，请升级',
    // Near, and yet another matter: a client would compact a conversation for nothing, or give up.
    'context canceled',
    'failed to load context: number of retries exceeded',
    'message queue: max retries exceeded',
    'input stream: exceeded max retries',
    'Range of max_tokens should be [1, 8192]',
    'max_tokens exceeds the limit of 8192',
    'path must be case-sensitive',
    'memory usage exceeded 2 GB',
    'recursion limit exceeded',
    'file size limit exceeded',
    'Model context window too small (minimum is 128k tokens)',
    'connection reset by peer',
    'EOF',
  ],
};

describe('words of a failure', () => {
  it.each(Object.entries(WORDS).flatMap(([code, texts]) => texts.map((text) => [code, text] as const)))(
    '%s - %s',
    (code, text) => {
      expect(codeOf(text)).toBe(code);
    },
  );

  it.each(['context_length_exceeded', 'rate_limited', 'quota_exceeded', 'upstream_timeout'])(
    '%s - the same in the data of a JSON-RPC error, and in JSON inside of a text',
    (code) => {
      const [text = ''] = WORDS[code] ?? [];
      expect(toTurnError(rpcError('Internal error', -32603, { details: [{ error: text }] })).code).toBe(code);
      expect(toTurnError(rpcError(`400: ${JSON.stringify({ error: { message: text } })}`)).code).toBe(code);
    },
  );

  it('too long - the message begins as Claude Code expects', () => {
    expect(classifyFailure({ text: '输入长度超过模型上限' })).toMatchObject({
      message: expect.stringMatching(/^prompt is too long/),
    });
  });

  it('outdated - says what to do, and that a further try is no use', () => {
    expect(classifyFailure({ text: '版本过低' })).toMatchObject({
      message: expect.stringContaining('update the client'),
      shouldRetry: false,
    });
  });

  it('names of members - are no words', () => {
    for (const data of [{ message: 'Rate exceeded' }, { quota: 1, prompt: 'x', exceeded: true, context: 'too' }]) {
      expect(toTurnError(rpcError('x', -32603, data)).code).not.toBe('context_length_exceeded');
      expect(toTurnError(rpcError('x', -32603, data)).code).not.toBe('quota_exceeded');
    }
    expect(toTurnError(rpcError('x', -32603, { message: 'Rate exceeded' })).code).toBe('rate_limited');
  });
});
