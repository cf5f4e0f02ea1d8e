/** Where fences stand and how they close. */
import { called, type ExpectedOutput, F, stays } from './expected-output.js';

const call = `{"tool": "get_weather", "parameters": {"city": "Paris"}}`;
const time = `{"tool": "get_time", "parameters": {}}`;
const paris = [['get_weather', { city: 'Paris' }]] as const;
const both = [...paris, ['get_time', {}]] as const;

export const FENCES: readonly ExpectedOutput[] = [
  called(
    'prose before, between and after',
    `First.\n\n${F}json action\n${call}\n${F}\n\nThen.\n\n${F}json action\n${time}\n${F}\n\nDone.`,
    both,
    { text: 'First.\n\nThen.\n\nDone.' },
  ),
  called('two fences without a line between', `${F}json action\n${call}\n${F}\n${F}json action\n${time}\n${F}`, both),
  called('two fences glued', `${F}json action\n${call}\n${F}${F}json action\n${time}\n${F}`, both),
  called('two openings, one closing', `${F}json action\n${call}\n${F}json action\n${time}\n${F}`, both),
  called('glued to the text before', `I will look.${F}json action\n${call}\n${F}`, paris, { text: 'I will look.' }),
  called('glued to the text after', `${F}json action\n${call}\n${F}Done.`, paris, { text: 'Done.' }),
  called('all on one line', `${F}json action ${call} ${F}`, paris),
  called('all on one line, no blanks', `${F}json action${call}${F}`, paris),
  called('closing fence behind the JSON', `${F}json action\n${call}${F}`, paris),
  called('closing fence behind the JSON, text follows', `${F}json action\n${call}${F}\nDone.`, paris, {
    text: 'Done.',
  }),
  called('indented in a list', `1. Look:\n\n   ${F}json action\n   ${call}\n   ${F}\n\n2. Wait.`, paris, {
    text: '1. Look:\n\n2. Wait.',
  }),
  called('indented by a tab', `- Look:\n\t${F}json action\n\t${call}\n\t${F}\n`, paris, { text: '- Look:' }),
  called('as a list item', `- ${F}json action\n  ${call}\n  ${F}\n- next`, paris, { text: '- - next' }),
  called('CRLF', `Look:\r\n\r\n${F}json action\r\n${call}\r\n${F}\r\n\r\nDone.\r\n`, paris, {
    text: 'Look:\r\n\r\nDone.\r\n',
  }),
  called('no closing fence at the end', `Look:\n\n${F}json action\n${call}`, paris, { text: 'Look:' }),
  called('no closing fence, a line end', `${F}json action\n${call}\n`, paris),
  called('a cut closing fence', `${F}json action\n${call}\n\`\``, paris),
  called('a cut closing fence of one mark', `${F}json action\n${call}\n\``, paris),
  called('no closing fence, prose follows', `${F}json action\n${call}\n\nNow I wait for the result.`, paris, {
    text: 'Now I wait for the result.',
  }),
  called('a longer closing fence', `${F}json action\n${call}\n${F}\`\nDone.`, paris, { text: 'Done.' }),
  called('blank lines inside', `${F}json action\n\n${call}\n\n${F}`, paris),
  called('blanks behind the marks', `${F}json action  \n${call}\n${F}  \n`, paris),
  called('blanks before the info string', `${F} json action\n${call}\n${F}`, paris),
  called('upper case', `${F}JSON Action\n${call}\n${F}`, paris),
  called('info string json-action', `${F}json-action\n${call}\n${F}`, paris),
  called('info string json_action', `${F}json_action\n${call}\n${F}`, paris),
  called('info string action json', `${F}action json\n${call}\n${F}`, paris),
  called('info string jsonaction', `${F}jsonaction\n${call}\n${F}`, paris),
  called('the word action on the next line', `${F}json\naction\n${call}\n${F}`, paris),
  called('unlabelled', `${F}\n${call}\n${F}`, paris),
  called('unlabelled, behind prose', `I check.\n\n${F}\n${call}\n${F}\n`, paris, { text: 'I check.' }),
  called('jsonc', `${F}jsonc\n${call}\n${F}`, paris),
  called('json5', `${F}json5\n{tool: 'get_weather', parameters: {city: 'Paris'}}\n${F}`, paris),
  called('tool_call', `${F}tool_call\n${call}\n${F}`, paris),
  called('tool_use', `${F}tool_use\n${call}\n${F}`, paris),
  called('function_call', `${F}function_call\n${call}\n${F}`, paris),
  called('tool', `${F}tool\n${call}\n${F}`, paris),
  called('tool_calls', `${F}tool_calls\n[${call}, ${time}]\n${F}`, both),
  called('named after the tool', `${F}get_weather\n{"city": "Paris"}\n${F}`, paris),
  called('tildes', `~~~json action\n${call}\n~~~\nDone.`, paris, { text: 'Done.' }),
  called(
    'four backticks around a fence inside',
    `${F}\`json action\n{"tool": "write_file", "parameters": {"file_path": "a.md", "content": "x\n${F}js\n1\n${F}\ny"}}\n${F}\``,
    [['write_file', { file_path: 'a.md', content: `x\n${F}js\n1\n${F}\ny` }]],
  ),
  called(
    'raw fences inside a string of a three-mark fence',
    `${F}json action\n{"tool": "write_file", "parameters": {"file_path": "a.md", "content": "x\n${F}js\n1\n${F}\ny"}}\n${F}\nDone.`,
    [['write_file', { file_path: 'a.md', content: `x\n${F}js\n1\n${F}\ny` }]],
    { text: 'Done.' },
  ),
  called(
    'escaped fences inside a string',
    `${F}json action\n${JSON.stringify({ tool: 'write_file', parameters: { file_path: 'a.md', content: `${F}json action\n{"tool": "get_time"}\n${F}` } })}\n${F}`,
    [['write_file', { file_path: 'a.md', content: `${F}json action\n{"tool": "get_time"}\n${F}` }]],
  ),
  called(
    'a heading and bold text around',
    `## Step 1\n\n**Reading** the weather:\n\n${F}json action\n${call}\n${F}\n\n---\n\n*waiting*`,
    paris,
    { text: '## Step 1\n\n**Reading** the weather:\n\n---\n\n*waiting*' },
  ),
  called(
    'a code sample before',
    `Like this:\n\n${F}python\nprint({"tool": 1})\n${F}\n\nNow:\n\n${F}json action\n${call}\n${F}`,
    paris,
    { text: `Like this:\n\n${F}python\nprint({"tool": 1})\n${F}\n\nNow:` },
  ),
  called('a code sample after', `${F}json action\n${call}\n${F}\n\nExample:\n\n${F}js\nlet a = \`x\`;\n${F}\n`, paris, {
    text: `Example:\n\n${F}js\nlet a = \`x\`;\n${F}\n`,
  }),
  called(
    'a JSON sample before the call',
    `Your config:\n\n${F}json\n{"name": "app", "version": "1.0.0"}\n${F}\n\n${F}json action\n${call}\n${F}`,
    paris,
    { text: `Your config:\n\n${F}json\n{"name": "app", "version": "1.0.0"}\n${F}` },
  ),
  called(
    'inline code before',
    `With \`get_weather\` and \`\`a\`b\`\` I look.\n\n${F}json action\n${call}\n${F}`,
    paris,
    {
      text: 'With `get_weather` and ``a`b`` I look.',
    },
  ),
  called('an odd backtick before', `The \` key.\n\n${F}json action\n${call}\n${F}`, paris, { text: 'The ` key.' }),
  called('thought tags before', `<think>I need the weather.</think>\n\n${F}json action\n${call}\n${F}`, paris, {
    text: '<think>I need the weather.</think>',
  }),
  called('CJK prose glued', `好的，我来查。${F}json action\n${call}\n${F}`, paris, { text: '好的，我来查。' }),
  called('text and call in one fence', `${F}json action\nLet me look:\n${call}\n${F}`, paris, { text: 'Let me look:' }),
  called('the info string without its fence', `json action\n${call}`, paris),
  called('the info string without its fence, behind prose', `I look.\n\njson action\n${call}\n\nDone.`, paris, {
    text: 'I look.\n\nDone.',
  }),
  called(
    'a comment beside the call in a json fence',
    `${F}json\n{"tool": "get_weather", "parameters": {"city": "Paris"}, "comment": "first"}\n${F}`,
    paris,
  ),
  called(
    'a title beside the call in an action fence',
    `${F}json action\n{"title": "Weather", "tool": "get_weather", "parameters": {"city": "Paris"}}\n${F}`,
    paris,
  ),
  called('a stray label line', `json action\n${F}json action\n${call}\n${F}`, paris, { text: 'json action' }),
];

export const FENCE_LOOK_ALIKES: readonly ExpectedOutput[] = [
  stays('an empty action fence', `${F}json action\n${F}`),
  stays('an action fence with prose', `${F}json action\nnothing to do\n${F}`),
  stays(
    'the format explained in a four-mark fence',
    `Write it like this:\n\n${F}\`markdown\n${F}json action\n${call}\n${F}\n${F}\`\n`,
  ),
  stays(
    'the format explained in a tilde fence',
    `Write it like this:\n\n~~~text\n${F}json action\n${call}\n${F}\n~~~\n`,
  ),
  stays(
    'the format explained inline',
    `Use \`${'`'.repeat(2)}json action\` blocks, e.g. \`{"tool": "get_time", "parameters": {}}\`.`,
  ),
  stays('an unclosed fence of another language', `${F}python\nx = {"tool": "get_time", "parameters": {}}`),
  stays('a json fence that never closes and is no call', `${F}json\n{"name": "app", "scripts": {"build": "tsc"`),
  stays('a quotation', `> ${F}json action\n> ${call}\n> ${F}\n`),
  stays('a fence in a bare fence', `${F}\n${F}json action\n${call}\n${F}\n${F}`),
  stays('a fence in a markdown fence', `${F}markdown\n${F}json action\n${call}\n${F}\n${F}`),
  stays('escaped backticks', `\\\`\\\`\\\`json action\n${call}\n\\\`\\\`\\\``),
  stays('entities', `&lt;tool_call&gt;${call}&lt;/tool_call&gt;`),
  stays('a lone fence at the end', `text\n${F}`),
  stays('a cut opening at the end', `text\n${F}json acti`),
  stays('a cut opening line at the end', `text\n${F}json action`),
  stays('two backticks at the end', 'text ``'),
];
