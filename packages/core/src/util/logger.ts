/** The port every part logs through. The server brings pino; a host application brings its own. */

export type LogLevel = 'debug' | 'info' | 'warn' | 'error';
/** What a log line says beside its message. */
export type LogFields = Readonly<Record<string, unknown>>;

/** Where log lines go; `child` is a logger that adds fields to each of them. */
export interface Logger {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
  /** A logger that adds `fields` to every line. */
  child(fields: LogFields): Logger;
}

const nothing = (): void => undefined;

/** Says nothing: the default where no logger is given. */
export const silentLogger: Logger = {
  debug: nothing,
  info: nothing,
  warn: nothing,
  error: nothing,
  child: () => silentLogger,
};
