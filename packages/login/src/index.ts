export type { BrowserState, BrowserTask, BrowserWay, BrowserWayOptions } from './browser-way.js';
export { LOGIN_FAILURE_CODES, LoginFailure, type LoginFailureCode, type Organisation } from './login-failure.js';
