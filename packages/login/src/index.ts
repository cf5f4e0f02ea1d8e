export { createBrowserWay } from './browser/create-browser-way.js';
export type { BrowserState, BrowserTask, BrowserWay, BrowserWayOptions } from './browser-way.js';
export { LOGIN_FAILURE_CODES, LoginFailure, type LoginFailureCode, type Organisation } from './login-failure.js';
