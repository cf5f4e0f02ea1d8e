/** Calls that every format must carry unharmed. */
import type { WrittenCall } from './written-formats.js';

export interface FormatPayload {
  readonly title: string;
  readonly calls: readonly WrittenCall[];
  /** A value reads like the closing tag of a tagged format. */
  readonly closesTags?: true;
}

const F = '```';
const write = (content: string, file_path = 'src/a.ts'): WrittenCall => ({
  name: 'write_file',
  input: { file_path, content },
});

export const FORMAT_PAYLOADS: readonly FormatPayload[] = [
  {
    title: 'scalars',
    calls: [{ name: 'get_weather', input: { city: 'Paris', unit: 'celsius', days: 3, detailed: true } }],
  },
  {
    title: 'code',
    calls: [
      write(
        "const s = `a ${b}`;\nif (x < 1 && y > 2) {\n  return \"{}\\n\" + 'it\\'s';\n}\n// 你好 👋 [ ( {\nconst t = x[0]</a>/.exec(s);",
      ),
    ],
  },
  {
    title: 'markdown with fences',
    calls: [
      write(
        `# Title\n\n${F}json action\n{"tool": "get_time", "parameters": {}}\n${F}\n\n- item\n\n${F}\nplain\n${F}\nend`,
        'README.md',
      ),
    ],
  },
  { title: 'HTML', calls: [write('<div class="a">\n  <p>Hi & bye</p>\n  <br/>\n</div>', 'index.html')] },
  {
    title: 'nested',
    calls: [
      {
        name: 'find_notes',
        input: {
          query: 'a "quoted" b',
          tags: ['x', 'y z'],
          filter: { year: 2024, open: false },
          anything: [1, { a: null }],
        },
      },
    ],
  },
  {
    title: 'shell',
    calls: [
      {
        name: 'terminal',
        input: {
          command: `grep -rn 'foo' . | awk '{print $1}' && echo "done \\n" > out; cat <<EOT\nx\nEOT`,
          timeout: 30,
        },
      },
    ],
  },
  { title: 'no arguments', calls: [{ name: 'get_time', input: {} }] },
  { title: 'strings that look like others', calls: [write('true', '007')] },
  { title: 'JSON as text', calls: [write('{\n  "name": "x",\n  "version": "1.0"\n}', 'package.json')] },
  { title: 'CJK and emoji', calls: [{ name: 'get_weather', input: { city: '北京 🏯 é' } }] },
  { title: 'indented text', calls: [write('  indented\n\ttab\n    end')] },
  { title: 'text that ends its last line', calls: [write('one\ntwo\n', 'a.txt')] },
  { title: 'text that begins with blanks', calls: [write('   one', 'a.txt')] },
  { title: 'an empty string', calls: [write('', 'empty.txt')] },
  {
    title: 'closing marks',
    closesTags: true,
    calls: [write('a </tool_call> b </parameter> <tool_call> <|tool_call_end|> [/TOOL_CALLS] </function> c')],
  },
  {
    title: 'two calls',
    calls: [
      { name: 'get_weather', input: { city: 'Paris' } },
      { name: 'read_file', input: { file_path: '/tmp/a b.txt', limit: 10 } },
    ],
  },
  {
    title: 'two calls of one tool',
    calls: [
      { name: 'get_weather', input: { city: 'Paris' } },
      { name: 'get_weather', input: { city: 'Rome' } },
    ],
  },
];
