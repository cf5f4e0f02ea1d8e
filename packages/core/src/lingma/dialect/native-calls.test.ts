import { describe, expect, it } from 'vitest';
import type { ToolDefinition } from '../../chat/index.js';
import { parseMessage } from '../jsonrpc/message.js';
import { NativeCalls } from './native-calls.js';

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
    calls.see({ id: 'c', name: 'find', input: params.input, complete: true });
    expect(inputs).toEqual(['{"id":9223372036854775807}']);
  });
});
