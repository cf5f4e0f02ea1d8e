export { createBrowserWay } from './browser/create-browser-way.js';
export type { PlaywrightModule } from './browser/launch-browser.js';
export type { BrowserState, BrowserTask, BrowserWay, BrowserWayOptions } from './browser-way.js';
export { createLogin, type LoginOptions } from './flow/create-login.js';
export type { LoginAccount } from './flow/login-account.js';
export { type FlowSettings, LoginError } from './flow/login-flow.js';
export type { VerifyOptions } from './flow/verify-login.js';
export { LOGIN_FAILURE_CODES, LoginFailure, type LoginFailureCode, type Organisation } from './login-failure.js';
