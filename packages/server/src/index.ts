export { ListenError } from './listen.js';
export { createLogger } from './logger.js';
export { type RunningServer, type StartServerOptions, startServer } from './start-server.js';
