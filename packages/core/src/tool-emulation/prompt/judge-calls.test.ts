import { describe, expect, it } from 'vitest';
import type { ChatResult, FinishReason, ResultBlock } from '../../chat/index.js';
import { claimsNoTools, meetsChoice } from './judge-calls.js';

function answer(content: string | readonly ResultBlock[], finishReason: FinishReason = 'stop'): ChatResult {
  return {
    responseId: 'r',
    model: 'm',
    createdAt: 0,
    content: typeof content === 'string' ? [{ type: 'text', text: content }] : content,
    finishReason,
    usage: { inputTokens: 1, outputTokens: 1, origin: 'estimated' },
    warnings: [],
  };
}

const call = (toolName: string, more: object = {}): ResultBlock => ({
  type: 'tool-call',
  toolCallId: 'c',
  toolName,
  kind: 'function',
  input: '{}',
  executedBy: 'client',
  ...more,
});

describe('claimsNoTools()', () => {
  it.each([
    "I don't have any tools.",
    'I don\u2019t have access to tools that could do this.',
    "I'm sorry, but I don't have access to your file system.",
    'I do not have direct access to your local files, so please paste the content here.',
    "As an AI language model, I can't execute commands on your machine.",
    'I cannot directly access files on your computer.',
    "Unfortunately I'm unable to run commands here.",
    'I am not able to call external functions.',
    'I cannot browse the internet.',
    'I have no tools available to me.',
    'I lack the ability to run code.',
    "I don't have the\nability to read files.",
    'No tools are available in this conversation.',
    "I don't have the capability to call tools.",
    "I don't have access to a terminal.",
    'There are no tools available to me in this chat.',
    'I currently have no tools to use.',
    "I don't have a tool for reading files.",
    "I don't have a `read_file` tool.",
    'The read_file tool is not available.',
    "The `search` tool isn't available here.",
    'Tool calling is not supported here.',
    'I only have text; I have no tool access.',
    '我没有 read_file 这个工具。',
    '没有提供任何工具。',
    '抱歉，我没有可用的工具。',
    '我无法直接访问您的文件系统，请把内容贴出来。',
    '很抱歉，我不能执行命令。',
    '我目前无法读取本地文件。',
    '当前环境没有可用的工具可以调用。',
    '我没有访问文件系统的权限。',
    '作为一个AI助手，我无法调用外部工具。',
  ])('%s', (text) => {
    expect(claimsNoTools(answer(text))).toBe(true);
  });

  it.each([
    'Hello! How can I help?',
    "I don't think you need tools like webpack for this.",
    "We don't need any tools for that, a loop will do.",
    'I do not use tabs. Tools such as prettier agree.',
    'I cannot read the file because it does not exist: src/missing.ts',
    "I can't find a function of that name in utils.ts.",
    "I don't have enough information. Which file do you mean?",
    "You can't run this command without sudo; the tools package is missing.",
    'The tests pass. I did not have to change any files.',
    'I can use the tools you gave me.',
    "I don't have to create files for this.",
    'Do not use functions with side effects here.',
    'If users have no access to the file system, the app falls back to memory.',
    "I can't execute that command: it would delete your work.",
    "I can't say which tools are best.",
    "I don't have access to the file /etc/shadow: permission denied.",
    'The power tool is not available in your shop.',
    'The class has no tools attribute, so add one.',
    'No tools are needed here. The answer is 4.',
    '没有给我造成困难，工具很好用。',
    '我没有 index.ts 的写入权限。',
    '我没有发现这个工具有问题。',
    '我不能确定这个工具的版本，请告诉我。',
    '我已经读取了文件，没有发现错误。',
    '这个函数没有返回值，所以我不能直接使用它的结果。',
    '你可以使用这些工具：grep、sed。',
    '我无法读取 src/missing.ts：文件不存在。',
  ])('not: %s', (text) => {
    expect(claimsNoTools(answer(text))).toBe(false);
  });

  it('not when it calls, was cut, or goes on at length', () => {
    const text = "I don't have any tools.";
    expect(claimsNoTools(answer([{ type: 'text', text }, call('a')]))).toBe(false);
    expect(claimsNoTools(answer(text, 'length'))).toBe(false);
    expect(claimsNoTools(answer(text + ' And more.'.repeat(100)))).toBe(false);
    expect(claimsNoTools(answer('Thinking. '.repeat(100) + text))).toBe(true);
  });
});

describe('meetsChoice()', () => {
  it('auto and none - always', () => {
    expect(meetsChoice(answer('x'), { type: 'auto' })).toBe(true);
    expect(meetsChoice(answer('x'), { type: 'none' })).toBe(true);
  });

  it('required - any whole call of the caller’s', () => {
    const required = { type: 'required' } as const;
    expect(meetsChoice(answer('x'), required)).toBe(false);
    expect(meetsChoice(answer([call('a')], 'tool-calls'), required)).toBe(true);
    expect(meetsChoice(answer([call('a', { executedBy: 'upstream' })]), required)).toBe(false);
    expect(meetsChoice(answer([call('a', { incomplete: true })]), required)).toBe(false);
  });

  it('one tool - that one, by its own or its qualified name', () => {
    expect(meetsChoice(answer([call('b')]), { type: 'tool', toolName: 'a' })).toBe(false);
    expect(meetsChoice(answer([call('b'), call('a')]), { type: 'tool', toolName: 'a' })).toBe(true);
    const open = [call('open', { namespace: 'browser' })];
    expect(meetsChoice(answer(open), { type: 'tool', toolName: 'open' })).toBe(true);
    expect(meetsChoice(answer(open), { type: 'tool', toolName: 'browser.open' })).toBe(true);
  });

  it.each(['length', 'content-filter'] as const)('%s - ends as that', (finishReason) => {
    expect(meetsChoice(answer('x', finishReason), { type: 'required' })).toBe(true);
  });
});
