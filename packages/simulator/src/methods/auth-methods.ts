import { notifyAll } from '../lingma.js';
import type { MethodTable } from './call.js';

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
};
