export { ListenError } from './listen.js';
export { createLogger, type LeveledLogger, type LoggerOptions, type LogLevelSetting } from './logger.js';
export { type RunningServer, type StartServerOptions, startServer } from './start-server.js';
