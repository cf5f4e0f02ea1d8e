/** Lingma's IDE-side tools (protocol section 9.3), run on this machine: which there are, and what one turn gives them. */
import { setMaxListeners } from 'node:events';
import type {
  NativeToolCall,
  NativeToolOutcome,
  NativeToolRunner,
  NativeToolSession,
  NativeToolTurn,
} from '@lingma-gateway/core';
import { commandEnv, type EnvSource } from './command-env.js';
import { createFileTool, deleteFileTool, readFileTool, replaceTextTool, saveFileTool } from './file-tools.js';
import type { HostTool, HostToolScope } from './host-tool.js';
import { HostToolError } from './host-tool-error.js';
import { listDirTool } from './list-dir.js';
import { grepCodeTool, searchFileTool } from './search-tools.js';
import { runInTerminalTool, terminalOutputTool } from './terminal-tools.js';
import { Terminals } from './terminals.js';
import { Workspace } from './workspace.js';

/** What {@link createHostTools} can be told. */
export interface HostToolsOptions {
  /** `PATH`, `HOME` and `LANG` of commands are taken from it, nothing else. Default: plain ones. */
  readonly env?: EnvSource;
  /** Milliseconds a command that is waited for may take. Default 120 000. */
  readonly commandTimeoutMs?: number;
  /** Bytes of a command's output that are kept. Default 256 KiB. */
  readonly maxOutputBytes?: number;
}

/**
 * Runs Lingma's own tools on this machine. Files are confined to the turn's `cwd`; commands only start there and have all
 * rights of this user.
 *
 * @example
 * const lingma = new LingmaClient({ nativeTools: 'run', nativeToolRunner: createHostTools({ env: process.env }) });
 */
export function createHostTools(options: HostToolsOptions = {}): NativeToolRunner {
  return { begin: (turn) => new HostToolSession(options, turn) };
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

class HostToolSession implements NativeToolSession {
  readonly #scope: Omit<HostToolScope, 'toolCallId'>;
  readonly #over = new AbortController();

  constructor({ env = {}, ...limits }: HostToolsOptions, { cwd, shellType, clock }: NativeToolTurn) {
    const workspace = new Workspace(cwd);
    const { signal } = this.#over;
    // One listener a command: several are no leak.
    setMaxListeners(0, signal);
    const terminals = new Terminals({
      ...{ cwd: () => workspace.root(), shellType, env: commandEnv(env), clock, signal },
      ...limits,
    });
    this.#scope = { workspace, terminals, clock, signal };
  }

  /** Never rejects. */
  async run({ toolCallId, name, parameters }: NativeToolCall): Promise<NativeToolOutcome> {
    try {
      this.#over.signal.throwIfAborted();
      const tool = TOOLS.get(name);
      if (tool === undefined) throw new HostToolError(`The tool ${name.slice(0, 100)} is not supported`);
      return { success: true, errorMessage: '', result: await tool(parameters, { ...this.#scope, toolCallId }) };
    } catch (error) {
      const result = error instanceof HostToolError ? error.result : {};
      return { success: false, errorMessage: describeFailure(error), result };
    }
  }

  close(): void {
    this.#over.abort(new HostToolError('The turn is over'));
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
