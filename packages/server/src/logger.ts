/** Core's `Logger` port over pino: lines on stderr, so that stdout stays for people and pipes. */
import type { LogFields, Logger } from '@lingma-gateway/core';
import { type DestinationStream, destination, type Logger as Pino, pino } from 'pino';
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
  /** Where JSON lines go. Default: stderr, written behind and flushed on exit. */
  readonly stream?: DestinationStream;
}

export function createLogger(level: LogLevelSetting, options: LoggerOptions = {}): Logger {
  return fromPino(
    pino(
      {
        level,
        base: null,
        messageKey: 'message',
        timestamp: () => `,"time":"${new Date().toISOString()}"`,
        formatters: {
          level: (label) => ({ level: label }),
          log: (fields) => printable(fields, level === 'debug') as Record<string, unknown>,
        },
      },
      options.stream ?? stderrStream(options),
    ),
  );
}

function stderrStream({ format = 'json', env = {} }: LoggerOptions): DestinationStream {
  const isPretty = format === 'pretty' || (format === 'auto' && process.stderr.isTTY === true);
  return isPretty ? prettyLines(process.stderr, env) : destination({ dest: 2, sync: false });
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
    child: (fields) => fromPino(target.child(printable(fields, false) as LogFields)),
  };
}

const MAX_DEPTH = 4;

/** Errors become objects (JSON would make `{}` of them), hidden fields `***`. */
function printable(value: unknown, withStack: boolean, depth = 0): unknown {
  if (value instanceof Error) {
    const { name, message, stack, cause } = value;
    const code = (value as { code?: unknown }).code;
    return {
      type: name,
      message,
      ...(code !== undefined && { code }),
      ...(withStack && { stack }),
      ...(cause !== undefined && depth < MAX_DEPTH && { cause: printable(cause, withStack, depth + 1) }),
    };
  }
  if (typeof value !== 'object' || value === null || depth >= MAX_DEPTH) return value;
  if (Array.isArray(value)) return value.map((item) => printable(item, withStack, depth + 1));
  if (Object.getPrototypeOf(value) !== Object.prototype) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => [
      key,
      HIDDEN.has(key.toLowerCase()) ? '***' : printable(member, withStack, depth + 1),
    ]),
  );
}
