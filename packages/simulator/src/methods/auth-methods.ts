import { randomBytes } from 'node:crypto';
import { type JsonObject, stringMember } from '../json-object.js';
import { completeLogin } from '../login/complete-login.js';
import { loginUrl } from '../login/pending-logins.js';
import { type Lingma, notifyAll } from '../process/process-state.js';
import type { Call, Handler, MethodTable } from './call.js';

/** `auth/*`, protocol section 5. */
export const AUTH_METHODS: MethodTable = {
  'auth/status': ({ lingma }) => lingma.login.status(),
  'auth/login': (call) => login(call),
  'login/generateUrl': ({ lingma }) => {
    if (lingma.switches.loginUrlFrom !== 'generate') return refused('login_url_not_available');
    const pending = lingma.logins.begin(lingma.switches.loginNonceMs);
    const { nonce, verifier, challenge } = pending;
    return {
      loginUrl: loginUrl(pending, lingma.ports.http, lingma.switches),
      ...{ nonce, verifier, challenge, challengeMethod: 'S256', success: true, errorCode: '', errorMsg: '' },
    };
  },
  'auth/logout': ({ lingma, afterReply }) => {
    lingma.login.logOut();
    afterReply(() => notifyAll(lingma, 'auth/report', lingma.login.status()));
    return { success: true };
  },
  'auth/device_login': (call) => deviceLogin(call),
  'auth/refreshToken': ({ lingma, client, afterReply }) => {
    const user = lingma.login.user();
    if (user !== undefined) {
      const { token, refreshToken, expireTime, id } = user;
      afterReply(() => client.notify('auth/syncTokenUpdate', { status: 2, token, refreshToken, expireTime, id }));
    }
    return userInfo(lingma);
  },
  'auth/syncUserInfo': ({ lingma }) => userInfo(lingma),
  'auth/profile/getUrl': ({ lingma }) => ({
    url: `http://127.0.0.1:${lingma.ports.http}/profile?state=${randomBytes(16).toString('hex')}`,
  }),
  'auth/profile/update': () => ({}),
  'auth/profile/getGlobalConfig': () => ({}),
};

/** Protocol section 5.3: a token is taken at once, an address is for a browser. */
function login({ lingma, params, afterReply }: Call): JsonObject {
  const { switches, service, logins, ports } = lingma;
  if (switches.dedicatedDomain !== '') {
    const isDedicated = stringMember(params, 'loginDedicatedType') === 'dedicated';
    if (!isDedicated || service.endpoint !== switches.dedicatedDomain) return refused('wrong_endpoint');
  }
  const pair = (one: string, other: string): string => `${stringMember(params, one)}:${stringMember(params, other)}`;
  switch (stringMember(params, 'loginType')) {
    case 'personalToken':
    case 'aksks': {
      const isToken = stringMember(params, 'loginType') === 'personalToken';
      const accepted = isToken ? switches.personalToken : switches.accessKeys;
      const given = isToken ? pair('userId', 'personalToken') : pair('accessKey', 'secretKey');
      if (accepted === '' || given !== accepted) return refused('invalid_credentials');
      afterReply(() => completeLogin(lingma));
      return { url: '', success: true, errorCode: '', errorMessage: '' };
    }
    case '': {
      const { loginUrlFrom } = switches;
      if (loginUrlFrom === 'generate' || loginUrlFrom === 'none') return refused('login_url_not_available');
      const name = { login: 'url', 'login-url': 'loginUrl', snake: 'login_url' }[loginUrlFrom];
      return { [name]: loginUrl(logins.begin(switches.loginNonceMs), ports.http, switches), success: true };
    }
    default:
      return refused('invalid_param');
  }
}

const refused = (errorCode: string): JsonObject => ({
  url: '',
  success: false,
  errorCode,
  errorMessage: 'login failed',
});

/** Whoever brings a token and a user is taken for that one; what is kept is the simulator's own account. */
const deviceLogin: Handler = ({ lingma, params, afterReply }: Call): JsonObject => {
  if (stringMember(params, 'token') === '' || stringMember(params, 'userId') === '') {
    return { success: false, errorCode: 'invalid_param', errorMsg: 'token or userId is empty' };
  }
  lingma.login.logIn();
  afterReply(() => notifyAll(lingma, 'auth/report', lingma.login.status()));
  return { success: true, errorCode: '', errorMsg: '' };
};

/** Protocol section 5.6. */
function userInfo({ login }: Lingma): JsonObject {
  const user = login.user();
  return user === undefined
    ? { errorCode: 'not_login', errorMessage: 'not login', success: false, uid: '', name: '', tokenExpireTime: 0 }
    : {
        ...{ errorCode: '', errorMessage: '', success: true },
        uid: user.id,
        name: user.name,
        tokenExpireTime: user.expireTime,
      };
}
