/** Core's `Logger` port over pino: JSON lines on stderr, so that stdout stays for people and pipes. */
import type { LogFields, Logger } from '@lingma-gateway/core';
import { type DestinationStream, destination, type Logger as Pino, pino } from 'pino';

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

/** `stream` is for tests; default: stderr, written behind and flushed on exit. */
export function createLogger(level: LogLevelSetting, stream?: DestinationStream): Logger {
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
      stream ?? destination({ dest: 2, sync: false }),
    ),
  );
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
