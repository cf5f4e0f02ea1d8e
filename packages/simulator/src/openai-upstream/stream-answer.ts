/** Frames on their way out, with what may go wrong with them. */
import type { ServerResponse } from 'node:http';
import type { JsonObject } from '../json-object.js';
import type { AnswerScript } from './answer-script.js';
import type { UpstreamFault } from './upstream-faults.js';

/** A request to the upstream, and what was answered. */
export interface UpstreamCall {
  readonly path: string;
  /** Of `Authorization`. */
  readonly key: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
  readonly body: JsonObject;
  /** What was answered, byte by byte. */
  answer: string;
  /** The client went away before the end. */
  aborted: boolean;
}

export interface Answer {
  readonly whole: JsonObject;
  readonly frames: readonly string[];
  readonly done: string;
}

export async function streamAnswer(
  { frames, done }: Answer,
  script: AnswerScript,
  fault: UpstreamFault,
  call: UpstreamCall,
  response: ServerResponse,
): Promise<void> {
  const cut = fault.cutAfterChunks ?? script.directive?.dropAfterChunks;
  const write = async (text: string): Promise<void> => {
    const told = fault.crlf === true ? text.replaceAll('\n', '\r\n') : text;
    call.answer += told;
    const parts = fault.oneByte === true ? [...Buffer.from(told)].map((byte) => Buffer.of(byte)) : [told];
    for (const part of parts) {
      if (!response.write(part)) await drained(response);
    }
  };
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  for (const [at, frame] of frames.entries()) {
    if (response.destroyed) return;
    if (at === cut) {
      // What was written goes out first.
      await new Promise((resolve) => setImmediate(resolve));
      response.destroy();
      return;
    }
    if (at === fault.errorAfterChunks) {
      const message = fault.message ?? 'The upstream has a fault';
      await write(
        `data: ${JSON.stringify({ error: { message, type: 'server_error', code: fault.code ?? null } })}\n\n`,
      );
      response.end();
      return;
    }
    if (fault.comments === true) await write(': PROCESSING\n\n');
    await write(frame);
    await wait(script.delayMs);
  }
  if (fault.noDone !== true && done !== '') await write(done);
  response.end();
}

export const wait = (ms: number): Promise<void> =>
  ms > 0 ? new Promise((resolve) => setTimeout(resolve, ms)) : Promise.resolve();

/** Or the client has gone. */
const drained = (response: ServerResponse): Promise<void> =>
  new Promise((resolve) => {
    const settle = (): void => {
      response.off('drain', settle);
      response.off('close', settle);
      resolve();
    };
    response.on('drain', settle);
    response.on('close', settle);
  });
