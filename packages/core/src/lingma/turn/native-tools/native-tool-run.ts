/** The tools of the process that one turn has run on this machine. Every call leaves one line in the log, whatever becomes of it. */
import {
  type Clock,
  isJsonObject,
  type JsonObject,
  type Logger,
  monotonicNow,
  parseJson,
} from '../../../util/index.js';
import { stringOf } from '../../protocol/turn-end.js';
import { withoutSecrets } from '../../transport/redact.js';
import type { NativeToolOutcome, NativeToolRunner, NativeToolSession } from './native-tool-runner.js';

export interface NativeToolRunOptions {
  readonly runner: NativeToolRunner;
  readonly cwd: string;
  readonly shellType: string;
  readonly logger: Logger;
  readonly clock: Clock;
}

/** Calls of one turn that are at work at a time; those beyond fail. */
const MAX_AT_ONCE = 16;

export class NativeToolRun {
  readonly #options: NativeToolRunOptions;
  #session: NativeToolSession | undefined;
  #running = 0;
  #over = false;

  constructor(options: NativeToolRunOptions) {
    this.#options = options;
  }

  /** Whether a tool is at work: the process waits for us then, not we for it. */
  get busy(): boolean {
    return this.#running > 0;
  }

  /** Params of `tool/invoke` → the tool result of protocol section 9.2. Never rejects. */
  async invoke(params: JsonObject): Promise<JsonObject> {
    const { logger, clock } = this.#options;
    const toolCallId = stringOf(params.toolCallId) ?? '';
    const name = stringOf(params.name) ?? '';
    const startTime = clock.now();
    const begun = monotonicNow(clock);
    this.#running++;
    const outcome = await this.#attempt({ toolCallId, name, parameters: parametersOf(params) });
    this.#running--;
    const timeConsuming = Math.round(monotonicNow(clock) - begun);
    logger.info('native tool', {
      ...auditFields(params),
      outcome: outcome.success ? 'done' : `failed: ${outcome.errorMessage}`,
      ms: timeConsuming,
    });
    return { toolCallId, name, ...outcome, startTime, timeConsuming };
  }

  /** The turn is over: what runs is ended, and nothing begins any more. Idempotent. */
  close(): void {
    this.#over = true;
    this.#session?.close();
  }

  async #attempt(call: Parameters<NativeToolSession['run']>[0]): Promise<NativeToolOutcome> {
    if (this.#over) return failed('The turn is over');
    if (this.#running > MAX_AT_ONCE) return failed('Too many tools run at once');
    const { runner, cwd, shellType, clock, logger } = this.#options;
    try {
      this.#session ??= runner.begin({ cwd, shellType, clock });
      return await this.#session.run(call);
    } catch (error) {
      logger.error('A native tool could not be run', { error });
      return failed('The tool failed');
    }
  }
}

/** What the log tells of a call: which one, whose, and on what. */
export function auditFields(params: JsonObject): Record<string, string> {
  const { command, path, file_path, filePath } = parametersOf(params);
  const shownPath = stringOf(path) ?? stringOf(file_path) ?? stringOf(filePath);
  const shownCommand = stringOf(command);
  return {
    tool: (stringOf(params.name) ?? stringOf(params.toolName) ?? '').slice(0, 100),
    toolCallId: (stringOf(params.toolCallId) ?? '').slice(0, 100),
    sessionId: stringOf(params.sessionId) ?? '',
    ...(shownPath !== undefined && { path: shownPath.slice(0, 200) }),
    ...(shownCommand !== undefined && { command: withoutSecrets(shownCommand).slice(0, 200) }),
  };
}

/** An object, or one as JSON text. */
function parametersOf({ parameters }: JsonObject): JsonObject {
  if (isJsonObject(parameters)) return parameters;
  if (typeof parameters !== 'string') return {};
  try {
    const parsed = parseJson(parameters);
    return isJsonObject(parsed) ? parsed : {};
  } catch {
    return {};
  }
}

const failed = (errorMessage: string): NativeToolOutcome => ({ success: false, errorMessage, result: {} });
