/** Core's `Logger` port over pino: lines on stderr, so that stdout stays for people and pipes. */
import { hidesValue, type LogFields, type Logger, REDACTED } from '@lingma-gateway/core';
import { type DestinationStream, destination, type Logger as Pino, pino } from 'pino';
import { loggedMessage, loggedText } from './logged-text.js';
import { prettyLines } from './pretty-log.js';

/** From which level on lines are written. */
export type LogLevelSetting = 'debug' | 'info' | 'warn' | 'error' | 'silent';

/** How lines are written. */
export interface LoggerOptions {
  /** `auto`: for people on a terminal, JSON elsewhere. Default `json`. */
  readonly format?: 'auto' | 'pretty' | 'json';
  /** Says whether there may be colour. Default: empty. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Lets what others said (an upstream's words about a failure) be written. Default false. */
  readonly withContents?: boolean;
  /** Where JSON lines go. Default: stderr, written behind and flushed on exit. */
  readonly stream?: DestinationStream;
}

/** Whose level can be another while it is used; loggers made from it follow. */
export interface LeveledLogger extends Logger {
  setLevel(level: LogLevelSetting): void;
}

/** A logger that writes JSON lines, or text for people. */
export function createLogger(level: LogLevelSetting, options: LoggerOptions = {}): LeveledLogger {
  const detail = { withStack: level === 'debug', withContents: options.withContents === true };
  return new PinoLogger(
    pino(
      {
        level,
        base: null,
        messageKey: 'message',
        timestamp: () => `,"time":"${new Date().toISOString()}"`,
        formatters: {
          level: (label) => ({ level: label }),
          log: (fields) => printable(fields, detail) as Record<string, unknown>,
        },
      },
      options.stream ?? stderrStream(options),
    ),
    (next) => {
      detail.withStack = next === 'debug';
    },
  );
}

function stderrStream({ format = 'json', env = {} }: LoggerOptions): DestinationStream {
  const isPretty = format === 'pretty' || (format === 'auto' && process.stderr.isTTY === true);
  return isPretty ? prettyLines(process.stderr, env) : toStderr();
}

/** A reader that is gone, or a full disk behind it, takes the lines with it and nothing else. */
function toStderr(): DestinationStream {
  return destination({ dest: 2, sync: false }).on('error', () => undefined);
}

/** A logger for each request must cost nothing before it writes: pino's own children are made of text at once. */
class PinoLogger implements LeveledLogger {
  readonly #target: Pino;
  readonly #onLevel: (level: LogLevelSetting) => void;
  /** In front of each line's own fields. */
  readonly #bound: LogFields | undefined;

  constructor(target: Pino, onLevel: (level: LogLevelSetting) => void, bound?: LogFields) {
    this.#target = target;
    this.#onLevel = onLevel;
    this.#bound = bound;
  }

  setLevel(level: LogLevelSetting): void {
    this.#target.level = level;
    this.#onLevel(level);
  }

  debug(message: string, fields?: LogFields): void {
    this.#write('debug', message, fields);
  }

  info(message: string, fields?: LogFields): void {
    this.#write('info', message, fields);
  }

  warn(message: string, fields?: LogFields): void {
    this.#write('warn', message, fields);
  }

  error(message: string, fields?: LogFields): void {
    this.#write('error', message, fields);
  }

  child(fields: LogFields): Logger {
    return new PinoLogger(this.#target, this.#onLevel, { ...this.#bound, ...fields });
  }

  #write(level: 'debug' | 'info' | 'warn' | 'error', message: string, fields: LogFields | undefined): void {
    if (!this.#target.isLevelEnabled(level)) return;
    if (fields === undefined && this.#bound === undefined) this.#target[level](message);
    else this.#target[level]({ ...this.#bound, ...fields }, message);
  }
}

/** Levels, and members of one level. */
const MAX_DEPTH = 4;
const MAX_MEMBERS = 100;

interface Detail {
  readonly withStack: boolean;
  readonly withContents: boolean;
}

/** Errors become objects (JSON would make `{}` of them), hidden fields `***`. */
function printable(value: unknown, detail: Detail, depth = 0): unknown {
  if (value instanceof Error) {
    const { name, stack, cause } = value;
    const message = loggedMessage(value, detail.withContents);
    const code = (value as { code?: unknown }).code;
    return {
      type: name,
      message,
      ...(code !== undefined && { code }),
      // Its first line is the message, which the log must not hold whole.
      ...(detail.withStack && { stack: loggedText(`${name}: ${message}${placesOf(stack)}`) }),
      ...(cause !== undefined && depth < MAX_DEPTH && { cause: printable(cause, detail, depth + 1) }),
    };
  }
  if (typeof value === 'string') return loggedText(value);
  if (typeof value !== 'object' || value === null) return value;
  if (depth >= MAX_DEPTH) return Array.isArray(value) ? `${value.length} items` : 'an object';
  if (Array.isArray(value)) return value.slice(0, MAX_MEMBERS).map((item) => printable(item, detail, depth + 1));
  if (Object.getPrototypeOf(value) !== Object.prototype) return value;
  return Object.fromEntries(
    Object.entries(value)
      .slice(0, MAX_MEMBERS)
      .map(([key, member]) => [
        loggedText(key),
        hidesValue(key, member) ? REDACTED : printable(member, detail, depth + 1),
      ]),
  );
}

const placesOf = (stack: string | undefined): string => /\n\s+at [\s\S]*/.exec(stack ?? '')?.[0] ?? '';
