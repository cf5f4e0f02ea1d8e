/**
 * Lingma's IDE-side tools (protocol section 9.3), run on this machine for one turn. Used only where the operator has
 * switched it on. Every call leaves one line in the log, whatever becomes of it.
 */
import { setMaxListeners } from 'node:events';
import { type Clock, isJsonObject, type JsonObject, type Logger, monotonicNow, parseJson } from '../../util/index.js';
import { withoutSecrets } from '../transport/redact.js';
import { commandEnv, type EnvSource } from './command-env.js';
import { createFileTool, deleteFileTool, readFileTool, replaceTextTool, saveFileTool } from './file-tools.js';
import type { HostTool } from './host-tool.js';
import { HostToolError } from './host-tool-error.js';
import { listDirTool } from './list-dir.js';
import { grepCodeTool, searchFileTool } from './search-tools.js';
import { runInTerminalTool, terminalOutputTool } from './terminal-tools.js';
import { Terminals } from './terminals.js';
import { pathOf, textOf } from './tool-parameters.js';
import { Workspace } from './workspace.js';

/** What the operator and the client say of host tools; a turn without it runs none. */
export interface HostToolSettings {
  /** Files outside of it are out of reach, and commands start in it. */
  readonly cwd: string;
  readonly shellType: string;
  /** `PATH`, `HOME` and `LANG` of commands are taken from it, nothing else. */
  readonly env: EnvSource;
  /** Milliseconds a command that is waited for may take. Default 120 000. */
  readonly commandTimeoutMs?: number;
  /** Bytes of a command's output that are kept. Default 256 KiB. */
  readonly maxOutputBytes?: number;
}

const TOOLS: ReadonlyMap<string, HostTool> = new Map([
  ['read_file', readFileTool],
  ['list_dir', listDirTool],
  ['search_file', searchFileTool],
  ['grep_code', grepCodeTool],
  ['save_file', saveFileTool],
  ['create_file_with_text', createFileTool],
  ['replace_text_by_path', replaceTextTool],
  ['delete_file_by_path', deleteFileTool],
  ['run_in_terminal', runInTerminalTool],
  ['get_terminal_output', terminalOutputTool],
  // No editor, no findings.
  ['get_problems', () => Promise.resolve({ problems: [] })],
]);

const MAX_AT_ONCE = 16;

export class HostToolRun {
  readonly #logger: Logger;
  readonly #clock: Clock;
  readonly #workspace: Workspace;
  readonly #terminals: Terminals;
  readonly #over = new AbortController();
  #running = 0;

  constructor(settings: HostToolSettings, logger: Logger, clock: Clock) {
    this.#logger = logger;
    this.#clock = clock;
    this.#workspace = new Workspace(settings.cwd);
    const { signal } = this.#over;
    // One listener a command: several are no leak.
    setMaxListeners(0, signal);
    const { shellType, commandTimeoutMs, maxOutputBytes } = settings;
    this.#terminals = new Terminals({
      cwd: () => this.#workspace.root(),
      shellType,
      env: commandEnv(settings.env),
      clock,
      signal,
      ...(commandTimeoutMs !== undefined && { commandTimeoutMs }),
      ...(maxOutputBytes !== undefined && { maxOutputBytes }),
    });
  }

  /** Whether a tool is at work: the process waits for us then, not we for it. */
  get busy(): boolean {
    return this.#running > 0;
  }

  /** Params of `tool/invoke` → the tool result of protocol section 9.2. Never rejects. */
  async invoke(params: JsonObject): Promise<JsonObject> {
    const toolCallId = textOf(params, 'toolCallId') ?? '';
    const name = textOf(params, 'name') ?? '';
    const parameters = parametersOf(params);
    const startTime = this.#clock.now();
    const begun = monotonicNow(this.#clock);
    this.#running++;
    const outcome = await this.#attempt(name, parameters, toolCallId);
    this.#running--;
    const timeConsuming = Math.round(monotonicNow(this.#clock) - begun);
    this.#logger.info('native tool', {
      ...auditFields(params),
      outcome: outcome.success ? 'done' : `failed: ${outcome.errorMessage}`,
      ms: timeConsuming,
    });
    return { toolCallId, name, ...outcome, startTime, timeConsuming };
  }

  /** The turn is over: kills its commands, and no tool changes anything any more. Idempotent. */
  close(): void {
    this.#over.abort(new HostToolError('The turn is over'));
  }

  async #attempt(name: string, parameters: JsonObject, toolCallId: string): Promise<ToolOutcome> {
    try {
      const { signal } = this.#over;
      signal.throwIfAborted();
      const tool = TOOLS.get(name);
      if (tool === undefined) throw new HostToolError(`The tool ${name.slice(0, 100)} is not supported`);
      if (this.#running > MAX_AT_ONCE) throw new HostToolError('Too many tools run at once');
      const scope = { workspace: this.#workspace, terminals: this.#terminals, clock: this.#clock, signal, toolCallId };
      return { success: true, errorMessage: '', result: await tool(parameters, scope) };
    } catch (error) {
      const result = error instanceof HostToolError ? error.result : {};
      return { success: false, errorMessage: describeFailure(error), result };
    }
  }
}

interface ToolOutcome {
  readonly success: boolean;
  readonly errorMessage: string;
  readonly result: JsonObject;
}

/** What the log tells of a call: which one, whose, and on what. */
export function auditFields(params: JsonObject): Record<string, string> {
  const parameters = parametersOf(params);
  const path = pathOf(parameters);
  const command = textOf(parameters, 'command');
  return {
    tool: (textOf(params, 'name', 'toolName') ?? '').slice(0, 100),
    toolCallId: (textOf(params, 'toolCallId') ?? '').slice(0, 100),
    sessionId: textOf(params, 'sessionId') ?? '',
    ...(path !== undefined && { path: path.slice(0, 200) }),
    ...(command !== undefined && { command: withoutSecrets(command).slice(0, 200) }),
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

const FAILURES: Readonly<Record<string, string>> = {
  ENOENT: 'There is no such file or folder',
  ENOTDIR: 'A part of the path is no folder',
  EISDIR: 'This is a folder',
  EACCES: 'Permission denied',
  EPERM: 'Permission denied',
  EROFS: 'The file system is read-only',
  ELOOP: 'The path leads through a symbolic link',
  ENOSPC: 'The disk is full',
  ENXIO: 'This is no regular file',
};

/** System errors name paths of the host as they really are; the model gets the kind alone. */
function describeFailure(error: unknown): string {
  if (error instanceof HostToolError) return error.message;
  const code = (error as NodeJS.ErrnoException | undefined)?.code;
  return (code !== undefined && FAILURES[code]) || `The tool failed${code === undefined ? '' : ` (${code})`}`;
}
