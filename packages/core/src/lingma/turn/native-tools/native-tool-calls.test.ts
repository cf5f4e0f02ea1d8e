import { describe, expect, it } from 'vitest';
import type { ToolDefinition } from '../../../chat/index.js';
import { parseMessage } from '../../jsonrpc/message.js';
import { NativeCalls } from './native-tool-calls.js';

const tool = (name: string, namespace?: string): ToolDefinition => ({
  kind: 'function',
  name,
  inputSchema: {},
  ...(namespace !== undefined && { namespace }),
});

function called(tools: readonly ToolDefinition[], name: string): readonly string[] {
  const found: string[] = [];
  const calls = new NativeCalls(tools, (call) => found.push(`${call.namespace ?? '-'} ${call.toolName}`));
  calls.see({ id: 'c', name, input: {}, complete: true });
  return found;
}

describe('NativeCalls', () => {
  it('a name - is read in any case, qualified or bare, where it means one tool', () => {
    const tools = [tool('Read', 'a'), tool('Find', 'a'), tool('read', 'b')];
    expect(called(tools, 'a.read')).toEqual(['a Read']);
    expect(called(tools, 'B__READ')).toEqual(['b read']);
    expect(called(tools, 'find')).toEqual(['a Find']);
    expect(called(tools, 'read')).toEqual([]);
    expect(called([...tools, tool('read')], 'read')).toEqual(['- read']);
    expect(called(tools, 'write')).toEqual([]);
  });

  it('an input - keeps its digits', () => {
    const inputs: string[] = [];
    const calls = new NativeCalls([tool('find')], ({ input }) => inputs.push(input));
    const message = parseMessage('{"method":"tool/invoke","params":{"input":{"id":9223372036854775807}}}');
    const params = message.kind === 'incoming' ? message.message.params : {};
    calls.see({ id: 'c', name: 'find', input: params.input ?? null, complete: true });
    expect(inputs).toEqual(['{"id":9223372036854775807}']);
  });

  describe('calls that are nobody’s to run', () => {
    function reporting(tools: readonly ToolDefinition[] = []) {
      const told: string[] = [];
      const calls = new NativeCalls(tools, (call) => told.push(`call ${call.toolName}`), {
        call: ({ id, toolName, input }) => told.push(`report ${id} ${toolName} ${input}`),
        result: ({ toolCallId, output, isError }) => told.push(`result ${toolCallId} ${output} ${isError}`),
      });
      return { calls, told };
    }

    it('without a report - stay hidden', () => {
      expect(called([tool('read')], 'list_dir')).toEqual([]);
    });

    it('with one - are told once, whole, with what came of them', () => {
      const { calls, told } = reporting([tool('read')]);
      calls.see({ id: 'c1', name: 'list_dir', complete: false });
      calls.see({ id: 'c1', input: { path: '.' }, complete: true });
      calls.see({ id: 'c1', complete: true, outcome: { output: 'a.ts', isError: false } });
      calls.see({ id: 'c1', complete: true, outcome: { output: 'again', isError: true } });
      calls.see({ id: 'c2', name: 'read', input: {}, complete: true, outcome: { output: 'x', isError: false } });
      calls.flush();
      expect(told).toEqual(['report c1 list_dir {"path":"."}', 'result c1 a.ts false', 'call read']);
    });

    it('in a turn without tools - as well, in bounds', () => {
      const { calls, told } = reporting();
      for (let index = 0; index < 300; index++) {
        calls.see({ id: `c${index}`, name: 'x', input: 'y'.repeat(10_000), complete: true });
      }
      expect(told).toHaveLength(200);
      expect(Math.max(...told.map(({ length }) => length))).toBeLessThan(4100);
    });
  });
});
