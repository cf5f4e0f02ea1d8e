import { randomBytes } from 'node:crypto';
import { type JsonObject, stringMember } from '../json-object.js';
import { type Lingma, notifyAll } from '../process/process-state.js';
import type { Call, Handler, MethodTable } from './call.js';

/** `auth/*`, protocol section 5. */
export const AUTH_METHODS: MethodTable = {
  'auth/status': ({ lingma }) => lingma.login.status(),
  'auth/login': () => ({
    url: '',
    success: false,
    errorCode: 'login_not_available',
    errorMessage: 'This simulator has no login page. Start it without --logged-out, or bring a cache/user.',
  }),
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
