import { describe, expect, it } from 'vitest';
import { isSecretName, redactText, redactValue } from './redact.js';
import { Secret } from './secret.js';

describe('isSecretName()', () => {
  it.each([
    ...['password', 'passWord', 'PASSWD', 'client_secret', 'Client-Secret', 'token', 'accessToken', 'refresh.token'],
    ...[
      'authorization',
      'Proxy-Authorization',
      'api_key',
      'apiKey',
      'API-KEY',
      'x-api-key',
      'Cookie',
      'set-cookie',
      'key',
    ],
    ...['private_key', 'awsSecretAccessKey', 'credentials', 'cosy-machinetoken', 'passphrase', 'keys'],
  ])('%s - is one', (name) => expect(isSecretName(name)).toBe(true));

  it.each([
    'model',
    'content',
    'monkey',
    'keyboard',
    'prompt_cache_key',
    'affinityKey',
    'keyName',
    'user',
    'arguments',
  ])('%s - is none', (name) => expect(isSecretName(name)).toBe(false));
});

describe('redactText()', () => {
  it.each([
    ['{"a":{"Client_Secret":"x y"}}', '{"a":{"Client_Secret":"***"}}'],
    ['args {\\"password\\":\\"hunter2\\",\\"a\\":1}', 'args {\\"password\\":\\"***\\",\\"a\\":1}'],
    ['failed for sk-abcdefgh12345678', 'failed for sk-***'],
    ['x-api-key: abc def', 'x-api-key: ***'],
    ['Cookie: a=b; c=d', 'Cookie: ***'],
    [
      'send "Authorization: Bearer <key>" or "x-api-key: <key>"',
      'send "Authorization: Bearer <key>" or "x-api-key: <key>"',
    ],
    ['Authorization: Basic dXNlcjpwYXNz', 'Authorization: Basic ***'],
    ['https://me:pass@host/x', 'https://***@host/x'],
    ['GET /login?nonce=abc&x=1&access_token=def', 'GET /login?nonce=***&x=1&access_token=***'],
    ['LINGMA_PASSWORD=hunter2 started', 'LINGMA_PASSWORD=*** started'],
    ['max_tokens=100', 'max_tokens=100'],
    ['the jwt eyJhbGciOiJI.eyJzdWIiOiIx.c2ln', 'the jwt ***'],
    ['-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY----- ok', '*** ok'],
    ['curl -H "Authorization: Bearer abcdefgh"', 'curl -H "Authorization: Bearer ***"'],
    ['with bearer abc123def456', 'with bearer ***'],
    ['a basic understanding of bearer authentication.', 'a basic understanding of bearer authentication.'],
    ['mail me@example.com', 'mail me@example.com'],
    ['The key to the city', 'The key to the city'],
  ])('%s', (text, shown) => expect(redactText(text)).toBe(shown));
});

describe('redactValue()', () => {
  it.each([
    [
      { password: 'x', pin: 1 },
      { password: '***', pin: 1 },
    ],
    [{ password: 123 }, { password: '***' }],
    [{ api_keys: ['a', 'b'] }, { api_keys: '***' }],
    [
      { token: null, secret: '' },
      { token: null, secret: '' },
    ],
    [
      { max_tokens: 5, usage: { completion_tokens_details: { reasoning_tokens: 1 } } },
      { max_tokens: 5, usage: { completion_tokens_details: { reasoning_tokens: 1 } } },
    ],
    [{ max_tokens: 'abc' }, { max_tokens: '***' }],
    [{ arguments: '{"command":"ls","password":"x"}' }, { arguments: '{"command":"ls","password":"***"}' }],
    [{ a: '{"b":"{\\"token\\":\\"x\\"}"}' }, { a: '{"b":"{\\"token\\":\\"***\\"}"}' }],
    [
      { session_bundle: 'abcdef', bundleFile: '/x' },
      { session_bundle: '<bundle 6 bytes>', bundleFile: '/x' },
    ],
    [{ url: `data:image/png;base64,${'A'.repeat(400)}` }, { url: 'data:image/png;<300 bytes>' }],
    [{ text: `see data:image/png;base64,${'A'.repeat(400)})` }, { text: 'see data:image/png;<300 bytes>)' }],
    [{ data: 'A'.repeat(400) }, { data: '<base64 300 bytes>' }],
    [{ text: 'x y'.repeat(1_000) }, { text: `${'x y'.repeat(1_000).slice(0, 2_000)}…(+1000)` }],
    [
      { s: new Secret('x'), u: undefined },
      { s: '***', u: null },
    ],
    [
      [1, 'a', null, true],
      [1, 'a', null, true],
    ],
  ])('%j', (value, shown) => expect(redactValue(value)).toEqual(shown));

  it('a body of any size or depth - comes out bounded', () => {
    const wide = redactValue({ list: Array.from({ length: 5_000 }, () => 'a b '.repeat(1_000)) }, { maxChars: 10_000 });
    expect(JSON.stringify(wide).length).toBeLessThan(15_000);
    const long = redactValue(Object.fromEntries(Array.from({ length: 5_000 }, (_, at) => [`n${at}`, at])));
    expect(Object.keys(long as object)).toHaveLength(1_001);
    let deep: unknown = 'x';
    for (let level = 0; level < 10_000; level++) deep = [deep];
    expect(JSON.stringify(redactValue(deep)).length).toBeLessThan(100);
    expect(JSON.stringify(redactValue('x y '.repeat(10_000_000))).length).toBeLessThan(2_100);
  });
});
