/** Core's `Logger` port over pino: lines on stderr, so that stdout stays for people and pipes. */
import type { LogFields, Logger } from '@lingma-gateway/core';
import { type DestinationStream, destination, type Logger as Pino, pino } from 'pino';
import { loggedMessage, loggedText } from './logged-text.js';
import { prettyLines } from './pretty-log.js';

export type LogLevelSetting = 'debug' | 'info' | 'warn' | 'error' | 'silent';

/** Names of fields whose values are never written, whoever logs them. Secrets proper print as `***` by themselves. */
const HIDDEN = new Set([
  'authorization',
  'proxy-authorization',
  'x-api-key',
  'apikey',
  'api_key',
  'cookie',
  'set-cookie',
  'password',
  'token',
  'cosy-machinetoken',
]);

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

export function createLogger(level: LogLevelSetting, options: LoggerOptions = {}): Logger {
  const detail = { withStack: level === 'debug', withContents: options.withContents === true };
  return fromPino(
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

function fromPino(target: Pino): Logger {
  const write =
    (level: 'debug' | 'info' | 'warn' | 'error') =>
    (message: string, fields?: LogFields): void => {
      if (fields === undefined) target[level](message);
      else target[level](fields, message);
    };
  return {
    debug: write('debug'),
    info: write('info'),
    warn: write('warn'),
    error: write('error'),
    child: (fields) => fromPino(target.child(printable(fields, PLAIN) as LogFields)),
  };
}

/** Levels, and members of one level. */
const MAX_DEPTH = 4;
const MAX_MEMBERS = 100;

interface Detail {
  readonly withStack: boolean;
  readonly withContents: boolean;
}

/** Of bound fields, which are ours. */
const PLAIN: Detail = { withStack: false, withContents: false };

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
        HIDDEN.has(key.toLowerCase()) ? '***' : printable(member, detail, depth + 1),
      ]),
  );
}

const placesOf = (stack: string | undefined): string => /\n\s+at [\s\S]*/.exec(stack ?? '')?.[0] ?? '';
