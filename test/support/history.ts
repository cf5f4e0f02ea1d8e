/** A conversation in words of its own, and as each protocol's clients send it. */
import type { Protocol } from './ask.js';
import type { Call, ToolAnswer } from './call-tools.js';

export type Entry =
  | { readonly role: 'system' | 'user'; readonly text: string }
  | { readonly role: 'assistant'; readonly text: string; readonly calls: readonly Call[] }
  | { readonly role: 'tool'; readonly results: readonly { readonly id: string; readonly text: string }[] };

export const answered = ({ text, calls }: Pick<ToolAnswer, 'text' | 'calls'>): Entry => ({
  role: 'assistant',
  text,
  calls,
});

/** Members of the request's body. */
export const bodyOf = (protocol: Protocol, history: readonly Entry[]): object => BODIES[protocol](history);

const BODIES: Readonly<Record<Protocol, (history: readonly Entry[]) => object>> = {
  chat: (history) => ({
    messages: history.flatMap((entry): object[] => {
      switch (entry.role) {
        case 'assistant':
          return [
            {
              role: 'assistant',
              content: entry.text === '' ? null : entry.text,
              ...(entry.calls.length > 0 && {
                tool_calls: entry.calls.map(({ id, name, input }) => ({
                  ...{ id, type: 'function' },
                  function: { name, arguments: JSON.stringify(input) },
                })),
              }),
            },
          ];
        case 'tool':
          return entry.results.map(({ id, text }) => ({ role: 'tool', tool_call_id: id, content: text }));
        default:
          return [{ role: entry.role, content: entry.text }];
      }
    }),
  }),
  messages: (history) => ({
    system: history.flatMap((entry) => (entry.role === 'system' ? [{ type: 'text', text: entry.text }] : [])),
    messages: history.flatMap((entry): object[] => {
      switch (entry.role) {
        case 'assistant':
          return [
            {
              role: 'assistant',
              content: [
                ...(entry.text === '' ? [] : [{ type: 'text', text: entry.text }]),
                ...entry.calls.map(({ id, name, input }) => ({ type: 'tool_use', id, name, input })),
              ],
            },
          ];
        case 'tool':
          return [
            {
              role: 'user',
              content: entry.results.map(({ id, text }) => ({ type: 'tool_result', tool_use_id: id, content: text })),
            },
          ];
        case 'user':
          return [{ role: 'user', content: [{ type: 'text', text: entry.text }] }];
        default:
          return [];
      }
    }),
  }),
  responses: (history) => ({
    input: history.flatMap((entry): object[] => {
      switch (entry.role) {
        case 'assistant':
          return [
            ...(entry.text === ''
              ? []
              : [{ type: 'message', role: 'assistant', content: [{ type: 'output_text', text: entry.text }] }]),
            ...entry.calls.map(({ id, name, input }) => ({
              ...{ type: 'function_call', call_id: id, name },
              arguments: JSON.stringify(input),
            })),
          ];
        case 'tool':
          return entry.results.map(({ id, text }) => ({ type: 'function_call_output', call_id: id, output: text }));
        default:
          return [{ type: 'message', role: entry.role, content: [{ type: 'input_text', text: entry.text }] }];
      }
    }),
  }),
};
