/**
 * A chat completion whose course a test decides while it runs: it begins, speaks, ends or breaks off when it is told to. Requests
 * for a stream and for an answer in one piece are played alike.
 */
import type { ServerResponse } from 'node:http';
import type { JsonObject } from '../json-object.js';
import { CREATED } from './chat-answer.js';
import type { UpstreamCall } from './stream-answer.js';
import { refusalOf, type UpstreamFault } from './upstream-faults.js';

/** An answer that runs, as its test plays it. What comes behind its end, or behind its client's, is nothing. */
export interface PlayedTurn {
  readonly call: UpstreamCall;
  /** It is over, or its client has gone. */
  readonly closed: boolean;
  /** The first chunk of a stream, which says nothing yet. `model`: which one answers, by its own name; default: as it was asked. */
  begin(model?: string): void;
  say(text: string): void;
  /** With why it ended, the usage where one is told, and `[DONE]`. */
  finish(usage?: { readonly input: number; readonly output: number }): void;
  /** With a status, or in the stream where that has begun. */
  refuse(fault: UpstreamFault): void;
  /** Without another word: a stream ends as if it were whole. */
  cut(): void;
}

export class RunningTurn implements PlayedTurn {
  readonly call: UpstreamCall;
  readonly #response: ServerResponse;
  readonly #id: string;
  #model: string;
  #said = '';

  constructor(id: string, call: UpstreamCall, response: ServerResponse) {
    this.call = call;
    this.#id = id;
    this.#response = response;
    this.#model = typeof call.body.model === 'string' ? call.body.model : 'sim-model';
  }

  get closed(): boolean {
    return this.#response.writableEnded || this.#response.destroyed;
  }

  begin(model = this.#model): void {
    this.#model = model;
    if (!this.#streams || this.closed || this.#response.headersSent) return;
    this.#response.writeHead(200, { 'content-type': 'text/event-stream' });
    this.#chunk({ role: 'assistant', content: '' });
  }

  say(text: string): void {
    this.#said += text;
    if (!this.#streams) return;
    this.begin();
    this.#chunk({ content: text });
  }

  finish(usage = { input: 11, output: 2 }): void {
    const told = {
      prompt_tokens: usage.input,
      completion_tokens: usage.output,
      total_tokens: usage.input + usage.output,
    };
    if (!this.#streams) {
      const message = { role: 'assistant', content: this.#said };
      const choices = [{ index: 0, message, finish_reason: 'stop' }];
      this.#whole(200, 'application/json', JSON.stringify({ ...this.#head('chat.completion'), choices, usage: told }));
      return;
    }
    this.begin();
    this.#chunk({}, 'stop');
    const options = this.call.body.stream_options as JsonObject | undefined;
    if (options?.include_usage === true) this.#frame({ ...this.#head(), choices: [], usage: told });
    this.#write('data: [DONE]\n\n');
    this.#response.end();
  }

  refuse(fault: UpstreamFault): void {
    const { type, body } = refusalOf(fault);
    if (!this.#response.headersSent) {
      this.#whole(fault.status ?? 500, type, body);
      return;
    }
    const { message = 'The upstream has a fault', code = null } = fault;
    this.#frame({ error: { message, type: 'server_error', code } });
    this.#response.end();
  }

  cut(): void {
    if (this.#streams && !this.closed) {
      if (!this.#response.headersSent) this.#response.writeHead(200, { 'content-type': 'text/event-stream' });
      this.#response.end();
    } else if (!this.closed) this.#response.destroy();
  }

  get #streams(): boolean {
    return this.call.body.stream === true;
  }

  #head(object = 'chat.completion.chunk'): JsonObject {
    return { id: this.#id, object, created: CREATED, model: this.#model };
  }

  #chunk(delta: JsonObject, finish: string | null = null): void {
    this.#frame({ ...this.#head(), choices: [{ index: 0, delta, finish_reason: finish }] });
  }

  #frame(chunk: JsonObject): void {
    this.#write(`data: ${JSON.stringify(chunk)}\n\n`);
  }

  #write(text: string): void {
    if (this.closed) return;
    this.call.answer += text;
    this.#response.write(text);
  }

  #whole(status: number, type: string, text: string): void {
    if (this.closed) return;
    this.call.answer += text;
    this.#response.writeHead(status, { 'content-type': type }).end(text);
  }
}
