/** A whole answer: the events of a turn, folded. */

import { GatewayError } from './error.js';
import type { ChatEvent, FinishReason, Usage } from './event.js';
import type { ChatEventStream } from './event-stream.js';
import { toEventStream } from './pull-stream.js';
import type { ChatWarning, ToolKind } from './request.js';
import { type CallCount, settleFinishReason } from './settle-finish.js';

/** A whole answer. */
export interface ChatResult {
  readonly responseId: string;
  readonly model: string;
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
  /** Blocks in the order in which they began; retracted text is left out. */
  readonly content: readonly ResultBlock[];
  readonly finishReason: FinishReason;
  readonly stopSequence?: string;
  readonly usage: Usage;
  readonly warnings: readonly ChatWarning[];
}

/** A block of a whole answer. */
export type ResultBlock =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'reasoning'; readonly text: string }
  | {
      readonly type: 'tool-call';
      readonly toolCallId: string;
      readonly toolName: string;
      readonly namespace?: string;
      readonly kind: ToolKind;
      readonly input: string;
      readonly executedBy: 'client' | 'upstream';
      readonly incomplete?: true;
    }
  | { readonly type: 'tool-result'; readonly toolCallId: string; readonly output: string; readonly isError: boolean };

/** Folds events one by one; `finish()` throws `upstream_protocol` when the turn had no proper end. */
export class ResultCollector {
  #start: Extract<ChatEvent, { type: 'response-start' }> | undefined;
  #end: Extract<ChatEvent, { type: 'response-end' }> | undefined;
  #content: ResultBlock[] = [];
  #parts: string[] = [];
  #tool: Extract<ChatEvent, { type: 'tool-input-start' }> | undefined;

  push(event: ChatEvent): void {
    switch (event.type) {
      case 'response-start':
        this.#start = event;
        return;
      case 'text-start':
      case 'reasoning-start':
        this.#parts = [];
        return;
      case 'tool-input-start':
        this.#parts = [];
        this.#tool = event;
        return;
      case 'text-delta':
      case 'reasoning-delta':
      case 'tool-input-delta':
        this.#parts.push(event.delta);
        return;
      case 'text-end':
        if (event.retracted !== true) this.#content.push({ type: 'text', text: this.#parts.join('') });
        return;
      case 'reasoning-end':
        this.#content.push({ type: 'reasoning', text: this.#parts.join('') });
        return;
      case 'tool-input-end': {
        const tool = this.#tool;
        if (tool === undefined) return;
        this.#content.push({
          type: 'tool-call',
          toolCallId: tool.id,
          toolName: tool.toolName,
          ...(tool.namespace !== undefined && { namespace: tool.namespace }),
          kind: tool.kind,
          input: this.#parts.join(''),
          executedBy: tool.executedBy,
          ...(event.incomplete === true && { incomplete: true as const }),
        });
        return;
      }
      case 'tool-result':
        this.#content.push(event);
        return;
      case 'response-end':
        this.#end = event;
        return;
    }
  }

  finish(): ChatResult {
    const start = this.#start;
    const end = this.#end;
    if (start === undefined || end === undefined) {
      throw new GatewayError('upstream_protocol', 'The upstream ended the turn without a proper end');
    }
    return {
      responseId: start.responseId,
      model: start.model,
      createdAt: start.createdAt,
      content: this.#content,
      finishReason: settleFinishReason(end.finishReason, countCalls(this.#content)),
      ...(end.stopSequence !== undefined && { stopSequence: end.stopSequence }),
      usage: end.usage,
      warnings: start.warnings,
    };
  }
}

/** What an answer says, without thoughts and calls. */
export function textOf({ content }: Pick<ChatResult, 'content'>): string {
  let text = '';
  for (const block of content) if (block.type === 'text') text += block.text;
  return text;
}

function countCalls(content: readonly ResultBlock[]): CallCount {
  const calls = { complete: 0, incomplete: 0 };
  for (const block of content) {
    if (block.type !== 'tool-call' || block.executedBy !== 'client') continue;
    calls[block.incomplete === true ? 'incomplete' : 'complete']++;
  }
  return calls;
}

/** @throws GatewayError whatever the turn failed with */
export async function collectResult(events: AsyncIterable<ChatEvent>): Promise<ChatResult> {
  const stream: ChatEventStream = toEventStream(events);
  const collector = new ResultCollector();
  try {
    for (let batch = await stream.read(); batch !== undefined; batch = await stream.read()) {
      for (const event of batch) collector.push(event);
    }
  } finally {
    await stream.close();
  }
  return collector.finish();
}
