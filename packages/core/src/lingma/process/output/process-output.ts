/**
 * All that a process says, in one place: what it writes to its pipes and what it adds to its log file. Kept as lines, told
 * to the log at `debug`, and looked through for the few lines that mean something.
 */
import { join } from 'node:path';
import type { Clock, Logger } from '../../../util/index.js';
import { LogTail } from './log-tail.js';
import { createLineReader, type LineReader, OutputRing } from './output-ring.js';

/** Which of a process's outputs. */
export type OutputSource = 'stdout' | 'stderr' | 'log';

/** A line that a process wrote. */
export interface OutputLine {
  readonly source: OutputSource;
  readonly text: string;
}

export interface OutputEvents {
  readonly onLine: (line: OutputLine) => void;
  /** Once a run. */
  readonly onRuntime: (state: 'ok' | 'missing') => void;
}

/** Its side-car for extensions was packed or unpacked incompletely. */
const RUNTIME_MISSING = 'extension main js path not found';
const RUNTIME_STARTED = 'Module extension started successfully';
/** A healthy one says so as well when no editor has registered with it. */
const NO_EXECUTOR = 'ExtensionApi executor not inited';
const MARKERS = [RUNTIME_MISSING, RUNTIME_STARTED, NO_EXECUTOR];

export interface ProcessOutputOptions extends OutputEvents {
  readonly workDir: string;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Of one run of the process. */
export class ProcessOutput {
  readonly #options: ProcessOutputOptions;
  readonly #ring = new OutputRing();
  readonly #readers: Readonly<Record<OutputSource, LineReader>>;
  readonly #seen = new Set<string>();
  readonly #tail: LogTail;

  constructor(options: ProcessOutputOptions) {
    this.#options = options;
    const reader = (): LineReader => createLineReader(MARKERS, (marker) => this.#onMarker(marker));
    this.#readers = { stdout: reader(), stderr: reader(), log: reader() };
    const path = join(options.workDir, 'logs', 'lingma.log');
    this.#tail = new LogTail(path, options.clock, (text) => this.write('log', text));
  }

  /** Before the process starts: what its log holds by then is an earlier one's. */
  start(): Promise<void> {
    return this.#tail.start();
  }

  write(source: OutputSource, text: string): void {
    this.#tell(source, this.#readers[source].read(text));
  }

  last(count?: number): readonly string[] {
    return this.#ring.last(count);
  }

  /** The process has ended; its last words are read first. */
  async end(): Promise<void> {
    this.#tail.stop();
    await this.#tail.look();
    for (const source of ['stdout', 'stderr', 'log'] as const) this.#tell(source, this.#readers[source].end());
  }

  #tell(source: OutputSource, lines: readonly string[]): void {
    for (const text of lines) {
      this.#ring.push(text);
      this.#options.logger.debug(text, { source });
      this.#options.onLine({ source, text });
    }
  }

  #onMarker(marker: string): void {
    if (this.#seen.has(marker)) return;
    this.#seen.add(marker);
    const { logger, onRuntime } = this.#options;
    if (marker === NO_EXECUTOR) {
      logger.warn('Lingma has no executor for extensions: commands of extensions and MCP may be off');
    } else onRuntime(marker === RUNTIME_MISSING ? 'missing' : 'ok');
  }
}
