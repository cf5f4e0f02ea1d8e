import type { SimulatedUser } from '../process/login-state.js';
import { type Lingma, notifyAll } from '../process/process-state.js';

/** Somebody is signed in: `cache/user` is written, and the clients are told, each as late as the switches say. */
export function completeLogin(lingma: Lingma): SimulatedUser {
  const { login, switches } = lingma;
  const user = login.logIn({ statusDelayMs: switches.loginStatusDelayMs, fileDelayMs: switches.loginFileDelayMs });
  if (!switches.loginReport) return user;
  setTimeout(() => {
    notifyAll(lingma, 'auth/report', login.status());
    notifyAll(lingma, 'model/refresh', {});
    notifyAll(lingma, 'config/refreshModels', {});
  }, switches.loginStatusDelayMs).unref();
  return user;
}
