/**
 * One output item while it is being streamed: which events open it, carry its pieces and close it. A stream has at most
 * one open at a time, so this is all the state between two events.
 */
import type { ToolInputStart } from '../../../chat/index.js';
import type { JsonObject } from '../../../util/index.js';
import type { BuiltInTool } from '../request/built-in-tools.js';
import { compactionItem } from '../request/compaction.js';
import {
  completeInput,
  customCallItem,
  functionCallItem,
  itemId,
  messageItem,
  messageItemJson,
  type OutputOptions,
  outputTextJson,
  reasoningItem,
  summaryText,
  tryBuiltInItem,
} from './output-items.js';

/** Writes one event and gives it its number. Members that are a string are their JSON, without the braces. */
export type WriteEvent = (type: string, members: JsonObject | string) => string;
/** Writes one of many deltas: `head` is the JSON of the constant members. */
export type WriteDelta = (type: string, head: string, delta: string) => string;

export interface OpenItem {
  open(write: WriteEvent): string;
  delta(text: string, write: WriteDelta): string;
  /** Returns the closing events and the item as it stays in `output`. */
  close(status: 'completed' | 'incomplete', write: WriteEvent, writeDelta: WriteDelta): ClosedItem;
}

export interface ClosedItem {
  readonly text: string;
  readonly item: JsonObject;
  /** The item as JSON, where it was written already. */
  readonly json?: string;
  /** What a message said, as JSON. */
  readonly said?: string;
}

const head = (members: JsonObject): string => JSON.stringify(members).slice(1, -1);

export function openMessage(index: number, options: OutputOptions): OpenItem {
  const id = itemId('msg', options.responseId, index);
  const place = `"item_id":${JSON.stringify(id)},"output_index":${index},"content_index":0`;
  const deltaHead = `${place},"logprobs":[]`;
  const itemHead = `"output_index":${index},"item":`;
  const parts: string[] = [];
  return {
    open: (write) =>
      write('response.output_item.added', itemHead + messageItemJson(id, '', 'in_progress')) +
      write('response.content_part.added', `${place},"part":${outputTextJson('""')}`),
    delta: (text, write) => {
      parts.push(text);
      return write('response.output_text.delta', deltaHead, text);
    },
    close: (status, write) => {
      const text = parts.join('');
      const said = JSON.stringify(text);
      const part = outputTextJson(said);
      const json = messageItemJson(id, part, status);
      return {
        item: messageItem(id, text, status),
        json,
        said,
        text:
          write('response.output_text.done', `${place},"text":${said},"logprobs":[]`) +
          write('response.content_part.done', `${place},"part":${part}`) +
          write('response.output_item.done', itemHead + json),
      };
    },
  };
}

/** Sent whole: half a summary is of no use. */
export function openCompaction(index: number, options: OutputOptions): OpenItem {
  const parts: string[] = [];
  return {
    open: () => '',
    delta: (text) => {
      parts.push(text);
      return '';
    },
    close: (_status, write) => {
      const item = compactionItem(parts.join(''), index, options.responseId);
      const members = { output_index: index, item };
      return {
        item,
        text: write('response.output_item.added', members) + write('response.output_item.done', members),
      };
    },
  };
}

export function openReasoning(index: number, options: OutputOptions): OpenItem {
  const id = itemId('rs', options.responseId, index);
  const place = () => ({ item_id: id, output_index: index, summary_index: 0 });
  const deltaHead = head(place());
  const parts: string[] = [];
  return {
    open: (write) =>
      write('response.output_item.added', { output_index: index, item: reasoningItem(id, undefined) }) +
      write('response.reasoning_summary_part.added', Object.assign(place(), { part: summaryText('') })),
    delta: (text, write) => {
      parts.push(text);
      return write('response.reasoning_summary_text.delta', deltaHead, text);
    },
    close: (_status, write) => {
      const text = parts.join('');
      const item = reasoningItem(id, text);
      return {
        item,
        text:
          write('response.reasoning_summary_text.done', Object.assign(place(), { text })) +
          write('response.reasoning_summary_part.done', Object.assign(place(), { part: summaryText(text) })) +
          write('response.output_item.done', { output_index: index, item }),
      };
    },
  };
}

export function openFunctionCall(index: number, call: ToolInputStart, options: OutputOptions): OpenItem {
  const id = itemId('fc', options.responseId, index);
  const place = () => ({ item_id: id, output_index: index });
  const deltaHead = head(place());
  const callHead = { ...call, toolCallId: call.id };
  const parts: string[] = [];
  return {
    open: (write) =>
      write('response.output_item.added', {
        output_index: index,
        item: functionCallItem(id, callHead, '', 'in_progress'),
      }),
    delta: (text, write) => {
      parts.push(text);
      return write('response.function_call_arguments.delta', deltaHead, text);
    },
    close: (status, write, writeDelta) => {
      const raw = parts.join('');
      const input = status === 'completed' ? completeInput(callHead, raw) : raw;
      const item = functionCallItem(id, callHead, input, status);
      let text = '';
      // Programs run a call at `arguments.done`: a call that was cut off never says so.
      if (status === 'completed') {
        if (raw === '') text += writeDelta('response.function_call_arguments.delta', deltaHead, input);
        text += write(
          'response.function_call_arguments.done',
          Object.assign(place(), { name: call.toolName, arguments: input }),
        );
      }
      return { item, text: text + write('response.output_item.done', { output_index: index, item }) };
    },
  };
}

export function openCustomCall(index: number, call: ToolInputStart, options: OutputOptions): OpenItem {
  const id = itemId('ctc', options.responseId, index);
  const place = () => ({ item_id: id, output_index: index });
  const deltaHead = head(place());
  const callHead = { ...call, toolCallId: call.id };
  const parts: string[] = [];
  return {
    open: (write) =>
      write('response.output_item.added', {
        output_index: index,
        item: customCallItem(id, callHead, '', 'in_progress'),
      }),
    delta: (text, write) => {
      parts.push(text);
      return write('response.custom_tool_call_input.delta', deltaHead, text);
    },
    close: (status, write) => {
      const input = parts.join('');
      const item = customCallItem(id, callHead, input, status);
      const done =
        status === 'completed' ? write('response.custom_tool_call_input.done', Object.assign(place(), { input })) : '';
      return { item, text: done + write('response.output_item.done', { output_index: index, item }) };
    },
  };
}

/** What such an item holds is an object, so nothing can be sent before it is whole. */
export function openBuiltInCall(
  index: number,
  call: ToolInputStart,
  tool: BuiltInTool,
  options: OutputOptions,
): OpenItem {
  const callHead = { ...call, toolCallId: call.id };
  const parts: string[] = [];
  return {
    open: () => '',
    delta: (text) => {
      parts.push(text);
      return '';
    },
    close: (status, write, writeDelta) => {
      const input = parts.join('');
      const item = status === 'completed' ? tryBuiltInItem(tool, callHead, input, index, options) : undefined;
      if (item === undefined) {
        const fallback = openFunctionCall(index, call, options);
        const begun = fallback.open(write) + (input === '' ? '' : fallback.delta(input, writeDelta));
        const closed = fallback.close(status, write, writeDelta);
        return { item: closed.item, text: begun + closed.text };
      }
      return {
        item,
        text:
          write('response.output_item.added', { output_index: index, item: { ...item, status: 'in_progress' } }) +
          write('response.output_item.done', { output_index: index, item }),
      };
    },
  };
}
