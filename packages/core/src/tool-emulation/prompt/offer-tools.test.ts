import { describe, expect, it } from 'vitest';
import type { ChatMessage, ToolCallPart, ToolChoice } from '../../chat/index.js';
import { functionTool } from '../testing/tools.js';
import { offerTools } from './offer-tools.js';

const tools = [functionTool('read'), functionTool('write'), { ...functionTool('open'), namespace: 'browser' }];
const call = (toolName: string, input: string, more: Partial<ToolCallPart> = {}): ToolCallPart => ({
  type: 'tool-call',
  toolCallId: 'c',
  toolName,
  input,
  ...more,
});
const history = (...content: ToolCallPart[]): ChatMessage[] => [{ role: 'assistant', content }];
const offer = (
  toolChoice: ToolChoice,
  allowlist: readonly string[] = [],
  messages: ChatMessage[] = [],
  given = tools,
) => offerTools({ tools: given, toolChoice, messages }, allowlist);
const names = (offered: ReturnType<typeof offerTools>): string[] => offered.tools.map(({ name }) => name);

describe('offerTools()', () => {
  it('auto, none, required, one', () => {
    expect(offer({ type: 'auto' })).toEqual({ tools, isForced: false, warnings: [] });
    expect(offer({ type: 'none' })).toEqual({ tools: [], isForced: false, warnings: [] });
    expect(offer({ type: 'required' })).toEqual({ tools, isForced: true, warnings: [] });
    expect(offer({ type: 'tool', toolName: 'write' })).toEqual({ tools, isForced: true, warnings: [] });
    expect(offer({ type: 'tool', toolName: 'browser.open' }).isForced).toBe(true);
  });

  it('allowlist - the others are left out with a warning', () => {
    const offered = offer({ type: 'auto' }, ['read', 'browser.open']);
    expect(names(offered)).toEqual(['read', 'open']);
    expect(offered.warnings).toMatchObject([{ type: 'tool-emulation', message: 'Not allowed and left out: write' }]);
    expect(names(offer({ type: 'auto' }, ['other']))).toEqual([]);
    expect(names(offer({ type: 'required' }, ['open']))).toEqual(['open']);
  });

  it.each<[string, ToolChoice, string[], typeof tools]>([
    ['a forced tool outside the list', { type: 'tool', toolName: 'write' }, ['read'], tools],
    ['a forced tool that is not there', { type: 'tool', toolName: 'other' }, [], tools],
    ['a demanded call, nothing allowed', { type: 'required' }, ['other'], tools],
    ['a demanded call, no tools', { type: 'required' }, [], []],
  ])('%s - 400', (_name, choice, allowlist, given) => {
    expect(() => offer(choice, allowlist, [], given)).toThrow(
      expect.objectContaining({ code: 'invalid_request', param: 'tool_choice' }),
    );
  });

  it('tools not repeated - those of the history, with the members they were called with', () => {
    const messages = history(
      call('read', '{"path":"a","limit":3}'),
      call('read', '{"path":"b","deep":{"x":true}}'),
      call('read', 'broken {'),
      call('open', '{"url":"x"}', { namespace: 'browser' }),
      call('apply_patch', '*** Begin', { kind: 'custom' }),
    );
    const { tools: inferred } = offer({ type: 'auto' }, [], messages, []);
    expect(inferred).toEqual([
      {
        kind: 'function',
        name: 'read',
        inputSchema: {
          type: 'object',
          properties: { path: { type: 'string' }, limit: { type: 'number' }, deep: { type: 'object' } },
        },
      },
      {
        kind: 'function',
        name: 'open',
        namespace: 'browser',
        inputSchema: { type: 'object', properties: { url: { type: 'string' } } },
      },
      { kind: 'custom', name: 'apply_patch', inputSchema: {} },
    ]);
    expect(names(offer({ type: 'auto' }, ['open'], messages, []))).toEqual(['open']);
    expect(names(offer({ type: 'none' }, [], messages, []))).toEqual([]);
    expect(names(offer({ type: 'auto' }, [], messages))).toEqual(['read', 'write', 'open']);
  });

  it('members of different types - any', () => {
    const messages = history(call('a', '{"x":1}'), call('a', '{"x":"1","__proto__":{"y":1}}'));
    expect(offer({ type: 'auto' }, [], messages, []).tools[0]?.inputSchema.properties).toMatchObject({ x: {} });
  });
});
