export { createLogger, type LeveledLogger, type LoggerOptions, type LogLevelSetting } from './log/logger.js';
export { ListenError } from './serve/listen.js';
export { type RunningServer, type StartServerOptions, startServer } from './serve/start-server.js';
