/** Answers that only look like calls: every character stays. */
import { functionTool, TOOLS } from '../tools.js';
import { type ExpectedOutput, F, raw, stays } from './expected-output.js';

const fence = (info: string, body: string): string => `${F}${info}\n${body}\n${F}`;
const time = `{"tool": "get_time", "parameters": {}}`;

export const LOOK_ALIKES: readonly ExpectedOutput[] = [
  stays(
    'package.json',
    `Here:\n\n${fence('json', `{\n  "name": "terminal",\n  "version": "1.0.0",\n  "scripts": {"build": "tsc"},\n  "dependencies": {}\n}`)}\n\nDone.`,
  ),
  stays(
    'package.json with type',
    fence('json', `{\n  "name": "get_time",\n  "type": "module",\n  "version": "1.0.0"\n}`),
  ),
  stays('people', fence('json', `[\n  {"name": "Ann", "age": 30},\n  {"name": "Bob", "age": 31}\n]`)),
  stays('a person with input', fence('json', `{"name": "Ann", "input": {"a": 1}}`)),
  stays(
    'OpenAPI',
    fence(
      'json',
      `{"openapi": "3.1.0", "info": {"title": "x"}, "paths": {"/a": {"get": {"parameters": [{"name": "get_weather", "in": "query"}]}}}}`,
    ),
  ),
  stays(
    'a JSON Schema',
    fence('json', `{"type": "object", "properties": {"name": {"type": "string"}}, "required": ["name"]}`),
  ),
  stays(
    'the tool definition',
    `The tool is defined so:\n\n${fence('json', `{"name": "get_weather", "description": "Weather.", "parameters": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}}`)}`,
  ),
  stays(
    'the OpenAI tool definition',
    fence(
      'json',
      `{"type": "function", "function": {"name": "get_time", "description": "The time.", "parameters": {"type": "object", "properties": {}}}}`,
    ),
  ),
  stays(
    'a list of tool definitions',
    fence(
      'json',
      `{"tools": [{"name": "get_time", "description": "x", "input_schema": {"type": "object", "properties": {}}}]}`,
    ),
  ),
  stays(
    'a tool result',
    fence('json', `{"tool_call_id": "call_1", "name": "get_weather", "result": {"city": "Paris", "temp": 20}}`),
  ),
  stays('an MCP config', fence('json', `{"mcpServers": {"read_file": {"command": "npx", "args": ["-y", "x"]}}}`)),
  stays(
    'a VS Code task',
    fence('json', `{"version": "2.0.0", "tasks": [{"label": "b", "command": "tsc", "args": ["-p"]}]}`),
  ),
  stays('a docker compose file', fence('yaml', `services:\n  terminal:\n    command: ls\n`)),
  stays('a GitHub workflow', fence('yaml', `jobs:\n  a:\n    steps:\n      - name: terminal\n        run: ls\n`)),
  stays('an action of another kind', fence('json', `{"action": "redirect", "parameters": {"to": "/"}}`)),
  stays('a Redux action', fence('json', `{"type": "get_time", "payload": {}}`)),
  stays('a log line', fence('json', `{"level": "info", "name": "get_time", "msg": "x", "time": 1}`)),
  stays('a chat transcript', fence('json', `{"role": "assistant", "content": "hi", "name": "get_time"}`)),
  stays(
    'the format for a tool that does not exist',
    `To call a tool, write:\n\n${fence('json action', `{"tool": "tool_name", "parameters": {"key": "value"}}`)}\n\nThat is all.`,
  ),
  stays('the format with placeholders', fence('json action', `{"tool": "<tool>", "parameters": {...}}`)),
  stays(
    'the Hermes format for a tool that does not exist',
    `<tool_call>\n{"name": "function_name", "arguments": {"arg": "value"}}\n</tool_call>`,
  ),
  stays(
    'the Anthropic format for a tool that does not exist',
    `<function_calls>\n<invoke name="$FUNCTION_NAME">\n<parameter name="$PARAMETER_NAME">$PARAMETER_VALUE</parameter>\n</invoke>\n</function_calls>`,
  ),
  stays(
    'Python that holds the marker',
    fence('python', `text = """\n\`\`\`tool_code\nget_time()\n"""\nprint("<tool_call>")`),
  ),
  stays(
    'Python that parses calls',
    fence('python', `m = re.search(r"<tool_call>(.*?)</tool_call>", text)\ncall = json.loads(m.group(1))`),
  ),
  stays('a Python call', fence('python', `import api\nprint(api.get_weather(city="Paris"))`)),
  stays('a TypeScript object', fence('ts', `const call = ${time};\nconst t: Map<string, Array<T>> = new Map();`)),
  stays('a JavaScript sample with a template literal', fence('js', 'const s = `a ${b} <div>`;')),
  stays('a markdown sample', `${F}\`markdown\nUse it:\n\n${fence('json action', time)}\n${F}\``),
  stays('inline code', 'Use `json action` and `{"tool": "get_time"}` and ``<tool_call>``.'),
  stays('a shell session', fence('', `$ ls\na b\n$ echo "{"`)),
  stays('a shell session with a hash', fence('console', `# tool call\n{"tool": 1}`)),
  stays('a diff', fence('diff', `--- a\n+++ b\n@@ -1 +1 @@\n-<tool_call>\n+{"tool": "get_time", "parameters": {}}`)),
  stays('HTML', fence('html', `<div class="tool_call">\n  <function>x</function>\n</div>`)),
  stays('HTML without a fence', `Use <b>bold</b>, <br/>, <img src="a.png"> and <!-- comments -->.`),
  stays('JSX', `A component: <Tool name="x" onClick={() => a < b} />.`),
  stays('generics', `It returns Promise<Map<string, T[]>> and takes <T extends Function>(f: T).`),
  stays('comparisons', `If a < b and b > c, or a<b, or 1 <2.`),
  stays('math', `$$\\{x \\in [0, 1) : x < 1\\}$$ and f(x) = [x] {y}`),
  stays('a table', `| a | b |\n|---|---|\n| \`<tool>\` | {x} |\n| [link](u) | # |`),
  stays('a link and a footnote', `[TOOL](https://a) [1] [^2] [x]: y\n[x]: https://b\n`),
  stays('check boxes', `- [ ] a\n- [x] b\n[ ] c\n`),
  stays('headings', `# A\n## Tool Calls\n### #Tool\n#### Tool Call format\ntext`),
  stays('emphasis', `**Tool Call**: a request. *x* **y** ***z***`),
  stays('a heading in bold', `**Tool Call**\n\nA request by the model.`),
  stays('e-mail quoting', `> a\n>> b\n>>> c\n`),
  stays('Python prompt', `>>> get_time()\n'12:00'\n`),
  stays('the word action', `Action: none needed.\nAction Input: none\n`),
  stays('an action item', `Action: get_weather is the tool I would use.\n`),
  stays('a horizontal rule of tildes and backticks', `~~struck~~ ~~~~\n`),
  stays('a long run of backticks', `${'`'.repeat(100)}\ntext\n`),
  stays('blanks and line ends', `\n\n  a  \n\n\n  b\t\n \n`),
  stays('white space alone', `\n \n`),
  stays('CRLF', `a\r\n\r\nb\r\n`),
  stays('lone carriage returns', `a\rb\r`),
  stays('control characters', `a\u0000b\u001bc`),
  stays('emoji and joiners', `👨‍👩‍👧‍👦 é 🇫🇷 \u200b`),
  stays('a lone surrogate', `a \ud83d b`),
  stays('a very long line', `${'word '.repeat(5000)}end`),
  stays('many brackets', `${'{['.repeat(200)} text`),
  stays('many angle brackets', `${'<'.repeat(500)} text`),
  stays('nested tags that are none of ours', `<a><b><c>${'<d>'.repeat(50)}</c></b></a>`),
  stays('Vue and Angular', `<template><tool-call :args="{a: 1}" /></template>`),
  stays('XML names that begin alike', `<tool_calls_total>5</tool_calls_total> <functional> <invoked> <parameters>`),
  stays('a C++ template', `std::vector<function<void(int)>> v; std::function<int(int)> f;`),
  stays('Rust', `fn f<'a>(x: &'a str) -> Option<Tool<'a>> {}`),
  stays('special tokens of chat templates', `The tokens <|im_start|> and <|im_end|> and <s> and </s>.`),
  stays('a regular expression', raw`/^[\w<>{}\[\]]+$/ and (?<name>x)`),
  stays('LaTeX', raw`\begin{tool} \{ \[ x < y \] \} \end{tool}`),
  stays('a JSON fence that is broken', fence('json', `{"name": "get_time", "arguments": `)),
  stays('JSON lines', fence('jsonl', `{"name": "Ann"}\n{"name": "Bob"}`)),
  stays('a JSON sample with a comment', fence('jsonc', `{\n  // the name\n  "name": "x"\n}`)),
  stays('text like a result', `Tool result for call_1: nothing.\n`),
  stays(
    'lines that begin like labels',
    `json action blocks are fine\njson\ntool_code is Python\ntool_code:\nnothing(1)\nAction:\nActions speak\n`,
  ),
  stays(
    'a call that is only thought of',
    `<think>\nI could write <tool_call>${time}</tool_call> or\n${fence('json action', time)}\n</think>\n\nNo need.`,
  ),
  stays('a thought that does not end', `<think>\nI could write <tool_call>${time}</tool_call>`),
  stays('an observation', `Observation: it rains.\nUser: yes\nHuman: no\n`),
  stays('tool_code as a word', 'The tool_code fence (```tool_code) runs Python.'),
  stays('a tool called python and a Python sample', fence('python', `print("hi")`), {
    tools: [
      ...TOOLS,
      functionTool('python', { code: { type: 'string' } }, ['code']),
      { kind: 'custom', name: 'python3', inputSchema: {} },
    ],
  }),
  stays('a tool called bash and a shell sample', `Run this:\n\n${fence('bash', `npm install\nnpm start`)}`, {
    tools: [functionTool('bash', { command: { type: 'string' } }, ['command'])],
  }),
  stays('a tool called search and a search element', `<search><form>x</form></search>`, {
    tools: [functionTool('search', { query: { type: 'string' } }, ['query'])],
  }),
  stays('a tool called json and a JSON sample', fence('json', `{"a": 1}`), {
    tools: [functionTool('json', { a: { type: 'number' } }, [])],
  }),
];
