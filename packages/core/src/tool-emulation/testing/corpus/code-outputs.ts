/** `tool_code` expressions and `#Tool Call` lines. */
import { called, type ExpectedOutput, F, raw, stays } from './expected-output.js';

const code = (body: string): string => `${F}tool_code\n${body}\n${F}`;
const paris = [['get_weather', { city: 'Paris' }]] as const;
const call = `{"tool": "get_weather", "parameters": {"city": "Paris"}}`;

export const TOOL_CODE: readonly ExpectedOutput[] = [
  called('keywords', code(`get_weather(city="Paris", days=3, detailed=True)`), [
    ['get_weather', { city: 'Paris', days: 3, detailed: true }],
  ]),
  called('single quotes', code(`get_weather(city='Paris')`), paris),
  called('printed', code(`print(get_weather(city="Paris"))`), paris),
  called('default_api', code(`default_api.get_weather(city="Paris")`), paris),
  called('printed default_api', code(`print(default_api.get_weather(city="Paris"))`), paris),
  called('assigned', code(`result = get_weather(city="Paris")`), paris),
  called('assigned and printed', code(`result = get_weather(city="Paris")\nprint(result)`), paris),
  called('awaited', code(`await get_weather(city="Paris")`), paris),
  called('several lines of arguments', code(`get_weather(\n    city="Paris",\n    days=2,\n)`), [
    ['get_weather', { city: 'Paris', days: 2 }],
  ]),
  called('a dictionary unpacked', code(`get_weather(**{"city": "Paris"})`), paris),
  called(
    'nested literals',
    code(`find_notes(query="x", tags=["a", 'b'], filter={"year": 2024, "open": False}, anything=None)`),
    [['find_notes', { query: 'x', tags: ['a', 'b'], filter: { year: 2024, open: false }, anything: null }]],
  ),
  called('a triple-quoted string', code(`write_file(file_path="a.py", content="""def f():\n    return "x"\n""")`), [
    ['write_file', { file_path: 'a.py', content: 'def f():\n    return "x"\n' }],
  ]),
  called(
    'a triple-quoted string with a fence',
    code(`write_file(file_path="a.md", content="""# A\n${F}sh\nls\n${F}\nend""")`),
    [['write_file', { file_path: 'a.md', content: `# A\n${F}sh\nls\n${F}\nend` }]],
  ),
  called('triple single quotes', code(`write_file(file_path='a.txt', content='''it's "x"''')`), [
    ['write_file', { file_path: 'a.txt', content: `it's "x"` }],
  ]),
  called('escapes', code(raw`terminal(command="echo \"a\\n\" \t'b'")`), [
    ['terminal', { command: `echo "a\\n" \t'b'` }],
  ]),
  called('a raw string', code(raw`terminal(command=r"grep \d+ a")`), [['terminal', { command: raw`grep \d+ a` }]]),
  called('joined strings', code(`terminal(command="a " "b")`), [['terminal', { command: 'a b' }]]),
  called('brackets and commas in a string', code(`terminal(command="f(x, y) [1] {2} # no")`), [
    ['terminal', { command: 'f(x, y) [1] {2} # no' }],
  ]),
  called('a comment line', code(`# look at the weather\nget_weather(city="Paris")  # now`), paris),
  called('one positional argument of one parameter', code(`sleep(5)`), [['sleep', { seconds: 5 }]]),
  called('no arguments', code(`get_time()`), [['get_time', {}]]),
  called('a list of calls', code(`[get_weather(city="Paris"), get_time()]`), [...paris, ['get_time', {}]]),
  called('two lines', code(`get_weather(city="Paris")\nget_time()`), [...paris, ['get_time', {}]]),
  called('separated by semicolons', code(`get_weather(city="Paris"); get_time()`), [...paris, ['get_time', {}]]),
  called('JSON instead', code(call), paris),
  called('a positional dictionary', code(`get_weather({"city": "Paris"})`), paris),
  called('all on one line', `${F}tool_code get_weather(city="Paris")${F}`, paris),
  called('behind prose', `I look.\n${code(`get_weather(city="Paris")`)}\nWait.`, paris, { text: 'I look.\n\nWait.' }),
  called('no closing fence', `${F}tool_code\nget_weather(city="Paris")`, paris),
  called('a namespace', code(`browser.open_tab(url="https://a.b/?c=d&e=(f)")`), [
    ['browser.open_tab', { url: 'https://a.b/?c=d&e=(f)' }],
  ]),
  called('an MCP name', code(`mcp__github__create_issue(title="Bug", body="It's \\"bad\\"")`), [
    ['mcp__github__create_issue', { title: 'Bug', body: `It's "bad"` }],
  ]),
  called('a custom tool', code(`apply_patch("*** Begin Patch\\n*** End Patch")`), [
    ['apply_patch', '*** Begin Patch\n*** End Patch'],
  ]),
  called('in a python fence behind the tag', `<tool_code>\nprint(get_weather(city="Paris"))\n</tool_code>`, paris),
  called('numbers in strings are coerced', code(`get_weather(city="Paris", days="3")`), [
    ['get_weather', { city: 'Paris', days: 3 }],
  ]),
  called('negative numbers and exponents', code(`find_notes(query="x", anything=[-1.5, 2e3, 1_000])`), [
    ['find_notes', { query: 'x', anything: [-1.5, 2000, 1000] }],
  ]),
  called('an import before', code(`import default_api\nprint(default_api.get_weather(city="Paris"))`), paris),
  called('the info string without its fence', `tool_code\nprint(get_weather(city="Paris"))`, paris),
  stays('two positional arguments', code(`get_weather("Paris", 3)`)),
  stays('one positional argument of a tool with several parameters', code(`get_weather("Paris")`)),
  stays('a variable as an argument', code(`get_weather(city=town)`)),
  stays('an unknown function', code(`lookup(city="Paris")`)),
  stays('a required argument is missing', code(`get_weather(days=3)`)),
  stays('code that is no call', code(`for city in cities:\n    get_weather(city=city)`)),
  stays('an f-string', code(`terminal(command=f"ls {path}")`)),
  stays('a Python sample that calls a function of that name', `${F}python\nget_weather(city="Paris")\n${F}`),
  stays('prose with an expression', `Call get_weather(city="Paris") to see it.`),
];

export const HASH_LINES: readonly ExpectedOutput[] = [
  called('on the next line', `#Tool Call\n${call}`, paris),
  called('on the same line', `#Tool Call ${call}`, paris),
  called('with a colon', `#Tool Call: ${call}`, paris),
  called('with a blank', `# Tool Call\n${call}`, paris),
  called('lower case', `#tool call\n${call}`, paris),
  called('an underscore', `#tool_call\n${call}`, paris),
  called('a deeper heading', `### Tool Call\n${call}`, paris),
  called('the plural', `#Tool Calls\n${call}\n{"tool": "get_time", "parameters": {}}`, [...paris, ['get_time', {}]]),
  called('without the blank', `#ToolCall\n${call}`, paris),
  called('a blank line between', `#Tool Call\n\n${call}`, paris),
  called('a fence', `#Tool Call\n${F}json\n${call}\n${F}`, paris),
  called('a bare fence', `#Tool Call\n${F}\n${call}\n${F}\nDone.`, paris, { text: 'Done.' }),
  called('an action fence', `#Tool Call\n\n${F}json action\n${call}\n${F}`, paris),
  called('prose before and after', `I look.\n\n#Tool Call\n${call}\n\nWaiting.`, paris, {
    text: 'I look.\n\nWaiting.',
  }),
  called('twice', `#Tool Call\n${call}\n#Tool Call\n{"tool": "get_time", "parameters": {}}`, [
    ...paris,
    ['get_time', {}],
  ]),
  called('name, then JSON', `#Tool Call: get_weather\n{"city": "Paris"}`, paris),
  called('name and arguments on lines', `#Tool Call\nget_weather\n{"city": "Paris"}`, paris),
  called('name and JSON on the same line', `#Tool Call get_weather {"city": "Paris"}`, paris),
  called('labels in capitals', `#Tool Call\nTool: get_weather\nParameters: {"city": "Paris"}`, paris),
  called('a tool_code fence', `#Tool Call\n${F}tool_code\nget_weather(city="Paris")\n${F}`, paris),
  called('without the hash', `I look.\n\nTool Call: ${call}`, paris, { text: 'I look.' }),
  called(
    'bold, name as code, then a fence',
    `**Tool Call:** \`get_weather\`\n${F}json\n{"city": "Paris"}\n${F}`,
    paris,
  ),
  called('labels', `#Tool Call\nname: get_weather\narguments: {"city": "Paris"}`, paris),
  called('an expression', `#Tool Call\nget_weather(city="Paris")`, paris),
  called(
    'name and arguments as JSON',
    `#Tool Call\n{"name": "get_weather", "arguments": "{\\"city\\": \\"Paris\\"}"}`,
    paris,
  ),
  called('CRLF', `#Tool Call\r\n${call}\r\n`, paris),
  called('a number', `#Tool Call 1\n${call}\n\n#Tool Call 2\n{"tool": "get_time"}`, [...paris, ['get_time', {}]]),
  called(
    'JSON over several lines',
    `#Tool Call\n{\n  "tool": "get_weather",\n  "parameters": {\n    "city": "Paris"\n  }\n}\n`,
    paris,
  ),
  stays('a heading of prose', `# Tool Call\n\nA tool call is a request of the model.\n`),
  stays('a heading of prose with a sample behind', `## Tool Calls\n\nThey look like {"tool": "x"} in most systems.\n`),
  stays('an unknown tool', `#Tool Call\n{"tool": "launch", "parameters": {"where": "moon"}}`),
  stays('in the middle of a line', `Write #Tool Call and then the JSON: ${call}`),
  stays('cut at the end', `text\n#Tool Ca`),
  stays('alone at the end', `text\n#Tool Call`),
  stays('a C preprocessor line', `#include <stdio.h>\n#define TOOL(x) {x}\n`),
  stays('a hash tag', `#ToolCalling is great\n`),
];
