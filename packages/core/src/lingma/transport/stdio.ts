/** The standard streams of a child process. Its end of the conversation is the end of its output. */
import type { Readable, Writable } from 'node:stream';
import { EarlyEvents } from './early-events.js';
import type { FramingName, Transport, TransportHandlers } from './transport.js';

export interface StdioOptions {
  /** What it is called in the log: its program, not the path to it. */
  readonly address: string;
  readonly stdin: Writable;
  readonly stdout: Readable;
  /** Default `ndjson`. */
  readonly framing?: FramingName;
  /**
   * Its output has ended: `end` ends the conversation, at once or when its owner knows why. Default: at once.
   */
  readonly onOutputEnd?: (end: () => void) => void;
  /** The client has let go of it. */
  readonly onClosed?: () => void;
}

export class StdioTransport implements Transport {
  readonly address: string;
  readonly framing: FramingName;
  readonly #stdin: Writable;
  readonly #stdout: Readable;
  readonly #onClosed: () => void;
  readonly #events = new EarlyEvents();
  #closed = false;

  constructor(options: StdioOptions) {
    const { address, stdin, stdout, framing = 'ndjson', onClosed = () => undefined } = options;
    const { onOutputEnd = (end: () => void): void => end() } = options;
    const end = (): void => onOutputEnd(() => this.#events.end(undefined));
    this.address = address;
    this.framing = framing;
    this.#stdin = stdin;
    this.#stdout = stdout;
    this.#onClosed = onClosed;
    // Written to one that has just ended: its end is told by its output.
    stdin.on('error', () => undefined);
    stdout.on('error', (error) => this.#events.end(error));
    stdout.once('end', end);
    stdout.once('close', end);
  }

  send(frame: Uint8Array): void {
    if (this.#stdin.writable) this.#stdin.write(frame);
  }

  pause(): void {
    this.#stdout.pause();
  }

  resume(): void {
    this.#stdout.resume();
  }

  /** Its input ends, which asks it to go; what it still says is read and dropped, so that it does not stand still. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#stdin.end();
    this.#stdout.resume();
    this.#events.end(undefined);
    this.#onClosed();
  }

  /** The process has ended, for this reason. */
  end(error: Error): void {
    this.#events.end(error);
  }

  listen(handlers: TransportHandlers): void {
    this.#events.listen(handlers);
    // Reading begins only now: nothing is lost between the start and this.
    this.#stdout.on('data', (bytes: Buffer) => this.#events.receiver.onBytes(bytes));
  }
}
