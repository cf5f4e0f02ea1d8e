import { describe, expect, it } from 'vitest';
import { ownText } from './own-text.js';

const REMINDER =
  '<system-reminder>\nAs you answer, you can use this context:\n\n# claudeMd\nUser: is a word here\n</system-reminder>';
const TRANSCRIPT = (last: string): string =>
  `Below is a conversation.\n\nSystem:\nYou are a coding agent.\n\nUser:\nFirst question\n\nAssistant:\nFirst answer\n\nUser:\n${last}`;

const PROMPTS: readonly (readonly [name: string, prompt: string, own: string])[] = [
  ['a plain prompt', '  What is a monad?\n', 'What is a monad?'],
  ['several paragraphs', 'One.\n\nTwo.\r\n\r\nThree?', 'One.\n\nTwo.\n\nThree?'],
  ['a transcript', TRANSCRIPT('Second question\non two lines'), 'Second question\non two lines'],
  ['reminders before the words', TRANSCRIPT(`${REMINDER}\nfix the bug`), 'fix the bug'],
  ['reminders after the words', `fix the bug\n\n${REMINDER}\n${REMINDER}`, 'fix the bug'],
  ['a reminder in the line of the words', 'fix it <system-reminder>never mention this</system-reminder>', 'fix it'],
  [
    'an environment as a message of its own',
    `User:\nlist the files\n\nUser:\n<environment_context>\n  <cwd>/src</cwd>\n  <shell>bash</shell>\n</environment_context>`,
    'list the files',
  ],
  [
    'project instructions and an environment before the words',
    '# AGENTS.md instructions for /src\n\n<INSTRUCTIONS>\nUse tabs.\n</INSTRUCTIONS>\n\n<environment_context>\n<cwd>/src</cwd>\n</environment_context>\n\nrename foo',
    'rename foo',
  ],
  [
    'an editor’s context under headings',
    '# Context from my IDE setup:\n\n## Active file: src/a.ts\n\n## Open tabs:\n- a.ts: src/a.ts\n\n## My request for Codex:\nexplain this file\n',
    'explain this file',
  ],
  [
    'a query among an editor’s elements',
    '<user_info>\nOS: linux\n</user_info>\n<open_and_recently_viewed_files>\n- a.ts\n</open_and_recently_viewed_files>\n<user_query>\nwhy does <T> fail?\n</user_query>\n<system_reminder>\nbe brief\n</system_reminder>',
    'why does <T> fail?',
  ],
  [
    'camel case, and wrappers within the context',
    '<attachments>\n<attachment id="a.ts">\nx\n</attachment>\n</attachments>\n<context>\nThe date is May.\n</context>\n<reminderInstructions>\n</reminderInstructions>\n<userRequest>\nadd a test\n</userRequest>',
    'add a test',
  ],
  [
    'a task and the state of an editor',
    '<task>\nbuild a game\n</task>\n\n# task_progress List (optional)\n- do it\n\n<environment_details>\n# Visible files\na.ts\n</environment_details>',
    'build a game',
  ],
  ['a slash command', '<command-message>init</command-message>\n<command-name>/init</command-name>', '/init'],
  ['ide_selection', '<ide_selection>lines 1 to 2 of a.ts</ide_selection>what is this', 'what is this'],
  ['<system_context>', 'hi there\n<system_context>\ncwd: /src\n</system_context>', 'hi there'],
  [
    'files pointed at',
    'explain @a.ts\n--- Content from referenced files ---\nContent from @a.ts:\nlet a\n--- End of content ---',
    'explain @a.ts',
  ],
  [
    'a file a client has read',
    'explain @a.ts\n\nCalled the Read tool with the following input: {"filePath":"a.ts"}\n\n<file>\n00001| let a\n</file>',
    'explain @a.ts',
  ],
  [
    'results of tools',
    'User:\ncount the lines\n\nAssistant:\nI will look.\n\nUser:\nTool result for call_1:\n3 lines\n\nand more',
    'count the lines',
  ],
  ['headings in Markdown', '### System\nBe brief.\n\n### User\nhello\n', 'hello'],
  ['numbered messages', '--- System (1) ---\nBe brief.\n\n--- User (2) ---\nhello', 'hello'],
  ['a chat template', '<|im_start|>system\nBe brief.<|im_end|>\n<|im_start|>user\nhello<|im_end|>', 'hello'],
  ['headings and words in one line', 'Human: hello\n\nAssistant: hi\n\nHuman: how are you?', 'how are you?'],
  [
    'markup a person pasted',
    'What is wrong?\n<div><details>x</details></div>',
    'What is wrong?\n<div><details>x</details></div>',
  ],
  ['a reminder that never ends', 'what does <system-reminder> mean?', 'what does <system-reminder> mean?'],
  ['YAML with a key named like a role', 'check this:\nuser:\n  name: me', 'check this:\nuser:\n  name: me'],
  ['surroundings alone', REMINDER, REMINDER],
  ['nothing', '', ''],
];

describe('ownText', () => {
  it.each(PROMPTS)('%s', (_name, prompt, own) => {
    expect(ownText(prompt)).toBe(own);
  });

  it.each([
    ['elements that never end', '<a_context>'],
    ['elements within one another', '<task>'],
    ['sections that never end', '--- Content from a ---\n'],
    ['headings', '\n\nUser:\n'],
    ['blanks', ' \t'],
    ['blanks behind a heading', ' ', '\n\nuser'],
  ])('%s without number - a step a character', (_name, piece, first = '') => {
    const text = `${first}${piece.repeat(Math.ceil(300_000 / piece.length))}x`;
    const before = process.cpuUsage().user;
    ownText(text);
    // A quadratic walk takes minutes; CPU time, so that a busy machine changes nothing.
    expect(process.cpuUsage().user - before).toBeLessThan(5_000_000);
  });
});
