/** How far a bootstrap is: for the operator's routes, the log and the terminal. */
import type { Clock, Logger } from '@lingma-gateway/core';
import { monotonicNow } from './monotonic.js';

/** How far getting the program has come. */
export interface BootstrapProgress {
  readonly state: 'idle' | 'running' | 'done' | 'failed';
  readonly phase?: 'waiting' | 'query' | 'download' | 'unpack' | 'verify' | undefined;
  /** Of the extension or of Lingma, once it is known. */
  readonly version?: string | undefined;
  readonly bytes?: number | undefined;
  readonly total?: number | undefined;
  readonly error?: { readonly code: string; readonly message: string } | undefined;
}

const LOG_MS = 5_000;
const LOG_PART = 0.1;

/** Keeps the state, and writes a line every five seconds or tenth part. */
export class ProgressReport {
  #progress: BootstrapProgress = { state: 'idle' };
  #loggedAt = 0;
  #loggedPart = 0;

  constructor(
    private readonly clock: Clock,
    private readonly logger: Logger,
    private readonly onProgress: (progress: BootstrapProgress) => void = () => undefined,
  ) {}

  get now(): BootstrapProgress {
    return this.#progress;
  }

  /** Another phase begins. */
  enter(phase: NonNullable<BootstrapProgress['phase']>, version = this.#progress.version): void {
    this.#set({ state: 'running', phase, version });
    this.#loggedAt = monotonicNow(this.clock);
    this.#loggedPart = 0;
  }

  bytes(bytes: number, total: number | undefined): void {
    this.#set({ ...this.#progress, bytes, total });
    const part = total === undefined || total === 0 ? 0 : bytes / total;
    const now = monotonicNow(this.clock);
    if (now - this.#loggedAt < LOG_MS && part - this.#loggedPart < LOG_PART) return;
    this.#loggedAt = now;
    this.#loggedPart = part;
    this.logger.info(`Lingma: ${this.#progress.phase}`, {
      bytes,
      ...(total !== undefined && { total, percent: Math.floor(part * 100) }),
    });
  }

  end(progress: Omit<BootstrapProgress, 'phase' | 'bytes' | 'total'>): void {
    this.#set(progress);
  }

  #set(progress: BootstrapProgress): void {
    this.#progress = progress;
    this.onProgress(progress);
  }
}
