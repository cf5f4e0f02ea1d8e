import { describe, expect, it } from 'vitest';
import { renderToolCalls, type TextToolFormat } from './tool-format.js';

const CALLS = [
  { name: 'read', input: { path: 'a b.txt', lines: 3, deep: { on: true, off: null } } },
  { name: 'now', input: {} },
];
const FREE = [{ name: 'apply_patch', input: '*** Begin\n"x"' }];

const EXPECTED: Record<TextToolFormat, { readonly two: string; readonly free: string }> = {
  action: {
    two: '```json action\n{\n  "tool": "read",\n  "parameters": {\n    "path": "a b.txt",\n    "lines": 3,\n    "deep": {\n      "on": true,\n      "off": null\n    }\n  }\n}\n```\n```json action\n{\n  "tool": "now",\n  "parameters": {}\n}\n```',
    free: '```json action\n{\n  "tool": "apply_patch",\n  "parameters": "*** Begin\\n\\"x\\""\n}\n```',
  },
  json: {
    two: '```json\n{"name":"read","arguments":{"path":"a b.txt","lines":3,"deep":{"on":true,"off":null}}}\n```\n```json\n{"name":"now","arguments":{}}\n```',
    free: '```json\n{"name":"apply_patch","parameters":"*** Begin\\n\\"x\\""}\n```',
  },
  hash: {
    two: '#Tool Call\n{"tool":"read","parameters":{"path":"a b.txt","lines":3,"deep":{"on":true,"off":null}}}\n\n#Tool Call\n{"tool":"now","parameters":{}}',
    free: '#Tool Call\n{"tool":"apply_patch","parameters":"*** Begin\\n\\"x\\""}',
  },
  tool_code: {
    two: '```tool_code\nread(path="a b.txt", lines=3, deep={"on": True, "off": None})\n```\n```tool_code\nnow()\n```',
    free: '```tool_code\napply_patch("*** Begin\\n\\"x\\"")\n```',
  },
  hermes: {
    two: '<tool_call>\n{"name":"read","arguments":{"path":"a b.txt","lines":3,"deep":{"on":true,"off":null}}}\n</tool_call>\n<tool_call>\n{"name":"now","arguments":{}}\n</tool_call>',
    free: '<tool_call>\n{"name":"apply_patch","arguments":"*** Begin\\n\\"x\\""}\n</tool_call>',
  },
  'qwen-xml': {
    two: '<tool_call>\n<function=read>\n<parameter=path>\na b.txt\n</parameter>\n<parameter=lines>\n3\n</parameter>\n<parameter=deep>\n{"on":true,"off":null}\n</parameter>\n</function>\n</tool_call>\n<tool_call>\n<function=now>\n</function>\n</tool_call>',
    free: '<tool_call>\n<function=apply_patch>\n<parameter=input>\n*** Begin\n"x"\n</parameter>\n</function>\n</tool_call>',
  },
  glm: {
    two: '<tool_call>read\n<arg_key>path</arg_key>\n<arg_value>a b.txt</arg_value>\n<arg_key>lines</arg_key>\n<arg_value>3</arg_value>\n<arg_key>deep</arg_key>\n<arg_value>{"on":true,"off":null}</arg_value>\n</tool_call>\n<tool_call>now\n</tool_call>',
    free: '<tool_call>apply_patch\n<arg_key>input</arg_key>\n<arg_value>*** Begin\n"x"</arg_value>\n</tool_call>',
  },
  minimax: {
    two: '<minimax:tool_call>\n<invoke name="read">\n<parameter name="path">a b.txt</parameter>\n<parameter name="lines">3</parameter>\n<parameter name="deep">{"on":true,"off":null}</parameter>\n</invoke>\n<invoke name="now">\n</invoke>\n</minimax:tool_call>',
    free: '<minimax:tool_call>\n<invoke name="apply_patch">\n<parameter name="input">*** Begin\n"x"</parameter>\n</invoke>\n</minimax:tool_call>',
  },
  kimi: {
    two: '<|tool_calls_section_begin|><|tool_call_begin|>functions.read:0<|tool_call_argument_begin|>{"path":"a b.txt","lines":3,"deep":{"on":true,"off":null}}<|tool_call_end|><|tool_call_begin|>functions.now:1<|tool_call_argument_begin|>{}<|tool_call_end|><|tool_calls_section_end|>',
    free: '<|tool_calls_section_begin|><|tool_call_begin|>functions.apply_patch:0<|tool_call_argument_begin|>"*** Begin\\n\\"x\\""<|tool_call_end|><|tool_calls_section_end|>',
  },
  deepseek: {
    two: '<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>read<｜tool▁sep｜>{"path":"a b.txt","lines":3,"deep":{"on":true,"off":null}}<｜tool▁call▁end｜><｜tool▁call▁begin｜>now<｜tool▁sep｜>{}<｜tool▁call▁end｜><｜tool▁calls▁end｜>',
    free: '<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>apply_patch<｜tool▁sep｜>"*** Begin\\n\\"x\\""<｜tool▁call▁end｜><｜tool▁calls▁end｜>',
  },
};

describe.each(Object.entries(EXPECTED))('renderToolCalls - %s', (format, expected) => {
  it('writes several calls', () => {
    expect(renderToolCalls(CALLS, format as TextToolFormat)).toBe(expected.two);
  });
  it('writes the input of a free-form tool', () => {
    expect(renderToolCalls(FREE, format as TextToolFormat)).toBe(expected.free);
  });
});
