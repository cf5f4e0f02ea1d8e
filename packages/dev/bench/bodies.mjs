/**
 * What the clients of the bench send. Sizes are those of the agents: a Claude Code request is some 18 kB with a dozen
 * tools, Codex' some 16 kB with seven.
 */
export const sim = (directive) => `@sim ${JSON.stringify(directive)}`;
export const user = (content) => ({ role: 'user', content });

const CHUNK = 'A sentence of an answer, 句子。 ';
let texts = 0;
/** Words that no cache has seen. */
const unseen = () => `${++texts} ${Math.random().toString(36)} `;

const chat = (messages, extra) => ({
  path: '/v1/chat/completions',
  body: { model: 'auto', stream: true, messages, ...extra },
});
const messages = (list, extra) => ({
  path: '/v1/messages',
  body: { model: 'auto', stream: true, max_tokens: 32_000, messages: list, ...extra },
});
const responses = (input, extra) => ({ path: '/v1/responses', body: { model: 'auto', stream: true, input, ...extra } });

/** A streamed answer of `chunks` deltas, `delayMs` apart. */
export const answer = (chunks, delayMs = 0) =>
  chat([user(sim({ text: CHUNK, repeat: chunks, chunks, ...(delayMs > 0 && { delayMs }) }))]);

const ok = sim({ text: 'ok', chunks: 1 });
export const short = {
  chat: () => chat([user(ok)]),
  messages: () => messages([user(ok)]),
  responses: () => responses(ok),
};

const turn = (index, mark = '') => ({
  role: index % 2 === 0 ? 'user' : 'assistant',
  content: `${mark}Turn ${index}: ${'some words about the code base and what to do next, 以及下一步。 '.repeat(16)}`,
});
const seen = Array.from({ length: 200 }, (_, index) => turn(index));
/** Two hundred turns: the same ones each time, or texts that were never sent before. */
export const history = {
  seen: () => chat([...seen, user(ok)]),
  unseen: () => chat([...seen.map((_, index) => turn(index, unseen())), user(ok)]),
};

/** A conversation of a hundred questions and answers. What `next` gives each time has the last one answered, and one more. */
export function conversation() {
  const mark = unseen();
  let said = seen.map((one) => ({ ...one, content: mark + one.content }));
  return () => {
    said = [...said, ...(said.length % 2 === 0 ? [] : [{ role: 'assistant', content: 'ok' }]), user(ok)];
    return chat(said);
  };
}

const describe = (name) =>
  `Runs ${name}. ${'Use it when the task asks for it, never to guess; paths are absolute, results come back as text with line numbers. '.repeat(6)}`;
const properties = {
  file_path: { type: 'string', description: 'The absolute path of the file that is to be read or changed' },
  content: { type: 'string', description: 'The text to write, whole; what stood there before is gone' },
  offset: {
    type: 'integer',
    minimum: 0,
    description: 'The line to begin at, where the file is too long to be read at once',
  },
  options: {
    type: 'object',
    properties: { recursive: { type: 'boolean' }, mode: { type: 'string', enum: ['plain', 'regex', 'glob'] } },
    additionalProperties: false,
  },
};
const schema = { type: 'object', properties, required: ['file_path'], additionalProperties: false };
const names = [
  'Bash',
  'Read',
  'Edit',
  'Write',
  'Glob',
  'Grep',
  'Task',
  'WebFetch',
  'TodoWrite',
  'NotebookEdit',
  'Skill',
  'Exit',
];
const instructions = (characters) =>
  'You are a coding agent. Follow the conventions of the code base, run the tests, and be brief. '.repeat(
    characters / 94,
  );

/** One turn of an agent: its instructions, its tools, and a question. */
export const agents = {
  'Claude Code': () =>
    messages(
      [
        {
          role: 'user',
          content: [
            { type: 'text', text: `<system-reminder>Today is Friday.</system-reminder>` },
            { type: 'text', text: ok },
          ],
        },
      ],
      {
        system: [
          { type: 'text', text: `x-anthropic-billing-header: cc_version=2.1; cch=${++texts};` },
          { type: 'text', text: instructions(3000), cache_control: { type: 'ephemeral' } },
        ],
        metadata: { user_id: 'user_0_account__session_0' },
        tools: names.map((name) => ({ name, description: describe(name), input_schema: schema })),
      },
    ),
  Codex: () =>
    responses(
      [
        { type: 'message', role: 'developer', content: [{ type: 'input_text', text: instructions(2000) }] },
        { type: 'message', role: 'user', content: [{ type: 'input_text', text: ok }] },
      ],
      {
        instructions: instructions(5000),
        store: false,
        include: ['reasoning.encrypted_content'],
        tools: names.slice(0, 7).map((name) => ({
          type: 'function',
          name,
          description: describe(name),
          parameters: schema,
          strict: false,
        })),
      },
    ),
};
