/** A runner that touches nothing: tests see what it was asked, and say how it goes. For tests alone. */
import { type LogFields, type Logger, silentLogger } from '../../../../util/index.js';
import type {
  NativeToolCall,
  NativeToolOutcome,
  NativeToolRunner,
  NativeToolSession,
  NativeToolTurn,
} from '../native-tool-runner.js';

/** `run_in_terminal` works until {@link FakeRunner.finish} or the end of its turn; everything else is done at once. */
export class FakeRunner implements NativeToolRunner {
  readonly turns: NativeToolTurn[] = [];
  readonly calls: NativeToolCall[] = [];
  closed = 0;
  readonly #working = new Set<(outcome: NativeToolOutcome) => void>();

  begin(turn: NativeToolTurn): NativeToolSession {
    this.turns.push(turn);
    return {
      run: (call) => this.#run(call),
      close: () => {
        this.closed++;
        this.#settle({ success: false, errorMessage: 'ended', result: {} });
      },
    };
  }

  /** What works is done. */
  finish(): void {
    this.#settle({ success: true, errorMessage: '', result: { content: 'done\n' } });
  }

  #run(call: NativeToolCall): Promise<NativeToolOutcome> {
    this.calls.push(call);
    if (call.name === 'run_in_terminal') return new Promise((resolve) => void this.#working.add(resolve));
    const known = call.name !== 'apply_patch';
    return Promise.resolve({ success: known, errorMessage: known ? '' : 'not supported', result: { path: 'p' } });
  }

  #settle(outcome: NativeToolOutcome): void {
    for (const resolve of this.#working) resolve(outcome);
    this.#working.clear();
  }
}

export interface LoggedLine {
  readonly level: string;
  readonly message: string;
  readonly fields: LogFields;
}

export function recordingLogger(lines: LoggedLine[]): Logger {
  const at =
    (level: string) =>
    (message: string, fields: LogFields = {}) =>
      void lines.push({ level, message, fields });
  const logger: Logger = {
    ...silentLogger,
    debug: at('debug'),
    info: at('info'),
    warn: at('warn'),
    error: at('error'),
    child: () => logger,
  };
  return logger;
}
