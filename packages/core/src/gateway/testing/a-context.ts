/** A request under way, with a clock, a log and a client that do what the test says. */
import type { LogFields, Logger } from '../../util/index.js';
import { protocols } from '../../wire/index.js';
import { fromWebRequest } from '../http/web-classes.js';
import { RequestContext, type RequestContextOptions } from '../request-context.js';

export interface LogLine {
  readonly level: 'debug' | 'info' | 'warn' | 'error';
  readonly message: string;
  readonly fields: LogFields;
}

export function recordingLogger(lines: LogLine[], bound: LogFields = {}): Logger {
  const at =
    (level: LogLine['level']) =>
    (message: string, fields: LogFields = {}): void => {
      lines.push({ level, message, fields: { ...bound, ...fields } });
    };
  return {
    debug: at('debug'),
    info: at('info'),
    warn: at('warn'),
    error: at('error'),
    child: (fields) => recordingLogger(lines, { ...bound, ...fields }),
  };
}

/** Time that passes when told to. */
export class StepClock {
  #passed = 0;
  readonly #timers = new Set<{ readonly due: number; readonly callback: () => void }>();

  now(): number {
    return 1_700_000_000_000 + this.#passed;
  }

  schedule(ms: number, callback: () => void): () => void {
    const timer = { due: this.#passed + ms, callback };
    this.#timers.add(timer);
    return () => void this.#timers.delete(timer);
  }

  get pending(): number {
    return this.#timers.size;
  }

  pass(ms: number): void {
    this.#passed += ms;
    for (const timer of [...this.#timers].filter(({ due }) => due <= this.#passed)) {
      this.#timers.delete(timer);
      timer.callback();
    }
  }
}

export function aContext(
  options: Partial<Omit<RequestContextOptions, 'request'>> & { readonly headers?: Record<string, string> } = {},
) {
  const { headers, ...more } = options;
  const client = new AbortController();
  const lines: LogLine[] = [];
  const clock = new StepClock();
  const context = new RequestContext({
    request: fromWebRequest(
      new Request('http://127.0.0.1:8317/v1/chat/completions', {
        method: 'POST',
        signal: client.signal,
        ...(headers !== undefined && { headers }),
      }),
    ),
    protocol: protocols['openai-chat'],
    route: 'openai-chat',
    params: {},
    totalMs: 60_000,
    logger: recordingLogger(lines),
    clock,
    ...more,
  });
  return { context, client, clock, lines };
}
