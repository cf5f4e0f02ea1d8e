/** What is asked of the process, and the spellings in which it answers. */
import { GatewayError, type JsonObject, type JsonValue, type LoginTask, Secret } from '@lingma-gateway/core';
import { describe, expect, it } from 'vitest';
import { askForUrl, handOverToken, useEndpoint } from './ask-for-login.js';
import type { LoginAccount } from './login-account.js';

const URL_OF = 'https://devops.aliyun.com/lingma/login?nonce=n&port=1';
const { signal } = new AbortController();
const error = (code: 'upstream_error' | 'upstream_timeout' | 'not_ready'): GatewayError => new GatewayError(code, 'no');

/** A process that answers by method; a method that it does not know is answered with `undefined`. */
function processOf(answers: Readonly<Record<string, JsonValue | GatewayError>>, account: LoginAccount = {}) {
  const asked: [string, JsonObject][] = [];
  const restarts: string[] = [];
  const client = {
    async ask(method: string, params: JsonObject) {
      asked.push([method, params]);
      const answer = answers[method];
      if (answer instanceof GatewayError) throw answer;
      return answer;
    },
  } as unknown as LoginTask['client'];
  const restartWith = async (endpoint: string): Promise<void> => void restarts.push(endpoint);
  return { task: { client, account, process: () => ({ restartWith }) }, asked, restarts };
}

describe('askForUrl()', () => {
  it.each<[string, JsonValue]>([
    ['url', { url: URL_OF, success: true }],
    ['loginUrl', { loginUrl: URL_OF }],
    ['login_url', { login_url: ` ${URL_OF}\n`, errorCode: '', errorMsg: '' }],
    ['empty beside another', { url: '', loginUrl: URL_OF, success: 'true' }],
    ['wrapped', { success: true, data: { url: URL_OF } }],
    ['bare', URL_OF],
  ])('auth/login: %s - found, and the other method is not needed', async (_, answer) => {
    const { task, asked } = processOf({ 'auth/login': answer });
    expect(await askForUrl(task, undefined, signal)).toBe(URL_OF);
    expect(asked).toEqual([['auth/login', { loginType: '', loginDedicatedType: '' }]]);
  });

  it.each<[string, JsonValue | GatewayError | undefined]>([
    ['is not known', undefined],
    ['is silent', error('upstream_timeout')],
    ['fails', error('upstream_error')],
    ['has no address', { success: true, url: '' }],
    ['answers null', null],
  ])('auth/login %s - login/generateUrl is asked', async (_, answer) => {
    const generated = {
      loginUrl: URL_OF,
      nonce: 'n',
      verifier: 'v',
      challenge: 'c',
      challengeMethod: 'S256',
      success: true,
    };
    const { task, asked } = processOf({
      ...(answer !== undefined && { 'auth/login': answer }),
      'login/generateUrl': generated,
    });
    expect(await askForUrl(task, 'https://lingma.example.com', signal)).toBe(URL_OF);
    expect(asked[1]).toEqual(['login/generateUrl', { loginDedicatedType: 'dedicated' }]);
  });

  it('neither has one - no_login_url; a process that is gone is told as such', async () => {
    const silent = processOf({ 'auth/login': { success: false, errorCode: 403, errorMessage: 'no' } });
    await expect(askForUrl(silent.task, undefined, signal)).rejects.toMatchObject({ code: 'no_login_url' });
    const gone = processOf({ 'auth/login': error('not_ready') });
    await expect(askForUrl(gone.task, undefined, signal)).rejects.toMatchObject({ code: 'not_ready' });
  });
});

describe('handOverToken()', () => {
  const ACCOUNT = { personalToken: new Secret('canary-token'), userId: new Secret('u') };

  it.each<[JsonValue, boolean]>([
    [{ success: true }, true],
    [{ success: true, errorCode: 'x' }, true],
    [{ errorCode: '' }, true],
    [{ errorCode: 0, errorMessage: '' }, true],
    [{ errorCode: '0', errorMsg: 'success' }, true],
    [{ errorCode: 200, errorMessage: 'OK, signed in' }, true],
    [{}, true],
    [null, true],
    [{ success: false }, false],
    [{ success: 'false' }, false],
    [{ errorCode: 401 }, false],
    [{ errorCode: '401', errorMessage: 'canary-token is invalid' }, false],
    [{ errorCode: 'invalid_credentials' }, false],
    [{ errorMsg: 'canary-token is invalid' }, false],
    [{ errorCode: '', errorMessage: 'refused' }, false],
    [false, false],
  ])('%j - taken: %s', async (answer, isTaken) => {
    const { task, asked } = processOf({ 'auth/login': answer }, ACCOUNT);
    const outcome = await handOverToken(task, undefined, signal).catch((thrown: unknown) => thrown);
    if (isTaken) expect(outcome).toBeUndefined();
    else {
      expect(outcome).toMatchObject({ code: 'token_refused', retryable: false });
      expect(String(outcome)).not.toContain('canary');
    }
    expect(asked).toEqual([
      [
        'auth/login',
        { loginType: 'personalToken', personalToken: 'canary-token', userId: 'u', loginDedicatedType: '' },
      ],
    ]);
  });

  it('keys, with an organisation and an enterprise’s service - named in the same call', async () => {
    const account = { accessKey: new Secret('ak'), secretKey: new Secret('sk'), orgId: new Secret('org-1') };
    const { task, asked } = processOf({ 'auth/login': { success: true } }, account);
    await handOverToken(task, 'https://lingma.example.com', signal);
    expect(asked[0]?.[1]).toEqual({
      ...{ loginType: 'aksks', accessKey: 'ak', secretKey: 'sk', orgId: 'org-1', loginDedicatedType: 'dedicated' },
    });
  });

  it('an error as answer - the token is refused; a method that is not known - no way for tokens', async () => {
    const refusing = processOf({ 'auth/login': error('upstream_error') }, ACCOUNT);
    await expect(handOverToken(refusing.task, undefined, signal)).rejects.toMatchObject({ code: 'token_refused' });
    await expect(handOverToken(processOf({}, ACCOUNT).task, undefined, signal)).rejects.toMatchObject({
      code: 'token_refused',
    });
  });
});

describe('useEndpoint()', () => {
  it('a method that is not known - the process is started anew with it', async () => {
    const { task, restarts } = processOf({});
    await useEndpoint(task, 'https://lingma.example.com', signal);
    await useEndpoint(task, undefined, signal);
    expect(restarts).toEqual(['https://lingma.example.com']);
  });

  it.each<[JsonValue, boolean]>([
    [null, true],
    [{ success: true }, true],
    [{ errorCode: 0 }, true],
    [{ success: false, errorMsg: 'no' }, false],
    [{ errorCode: 'bad' }, false],
  ])('%j - accepted: %s', async (answer, isAccepted) => {
    const { task } = processOf({ 'config/updateEndpoint': answer });
    const outcome = await useEndpoint(task, 'https://lingma.example.com', signal).catch(({ code }) => code);
    expect(outcome).toBe(isAccepted ? undefined : 'endpoint_refused');
  });
});
