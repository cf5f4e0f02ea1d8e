/** docs/compatibility.md: every request field of every protocol, from the annotations beside the schemas. */
import {
  ANTHROPIC_MESSAGES_FIELDS,
  describeFields,
  OPENAI_CHAT_FIELDS,
  OPENAI_COMPLETIONS_FIELDS,
  OPENAI_RESPONSES_FIELDS,
} from '@lingma-gateway/core/wire';

const PROTOCOLS = [
  ['OpenAI Chat Completions', '`POST /v1/chat/completions`', OPENAI_CHAT_FIELDS],
  ['OpenAI Responses', '`POST /v1/responses`', OPENAI_RESPONSES_FIELDS],
  ['OpenAI Completions', '`POST /v1/completions`, the older protocol', OPENAI_COMPLETIONS_FIELDS],
  ['Anthropic Messages', '`POST /v1/messages`', ANTHROPIC_MESSAGES_FIELDS],
];

const WORDS = {
  supported: 'supported',
  emulated: '**emulated**',
  accepted: 'accepted',
  ignored: 'ignored, with a warning',
  refused: '**refused** (400)',
};

const cell = (text) => text.replaceAll('|', '\\|');

export function compatibilityPage() {
  const protocols = PROTOCOLS.map(([title, route, sections]) => {
    const tables = sections.map(({ title: section, schema }) => {
      const rows = describeFields(schema).map(
        ({ field, support, note }) => `| \`${cell(field)}\` | ${WORDS[support]} | ${cell(note ?? '')} |`,
      );
      return `### ${title}: ${section}\n\n| Field | Support | Note |\n|---|---|---|\n${rows.join('\n')}`;
    });
    return `## ${title}\n\n${route}\n\n${tables.join('\n\n')}`;
  });
  return `# Compatibility

<!-- Generated from the request schemas in packages/core/src/wire by \`npm run docs:sync\`. -->

| Word | Meaning |
|---|---|
| supported | does what the protocol says |
| emulated | the gateway itself does what Lingma cannot |
| accepted | taken without effect; the answer would be the same |
| ignored, with a warning | would change the answer and does not; told in the log and in \`x-lingma-warnings\` |
| refused | answered with 400, naming the field |

Fields that stand in no table are accepted and reported as unknown. \`temperature\` and its like are ignored because Lingma
has no such setting. Token counts are estimates where Lingma reports none; \`usage.estimated\` then says so.

## What the gateway does in Lingma's place

- **Tools**: described in the prompt, read out of the answer while it streams. Recognised are fenced \`json action\` and
  \`json\` blocks, \`#Tool Call\` lines, \`tool_code\` expressions, and the formats that models were trained on: Hermes and
  Qwen \`<tool_call>\`, Qwen-Coder XML, Kimi, MiniMax, GLM, DeepSeek, Mistral, Llama, Anthropic-style XML. A call has to
  name an offered tool and carry its required arguments; everything else stays text. A call that the length limit cut is
  never passed on as one that can be run.
- **\`tool_choice\`**: a forced tool ends in its call or in an error. The answer is held back until that is clear, and
  the model gets one second try; \`toolForwarding.onMissedCall: text\` passes its text on in place of the error.
- **Structured output** (\`response_format\`, \`text.format\`, \`output_config.format\`): the schema is told to the model,
  the answer is checked against it and held back until it fits. One second try, then an error. The check is bounded: a
  schema of more than 20 000 parts or 200 000 values is refused where it is \`strict\`, and what takes too long to find out
  (very long lists, a pattern that no engine can afford) is not held against the answer.
- **\`max_tokens\`, stop sequences**: the gateway cuts the text and stops Lingma.
- **Pictures**: those of the newest turn go along, or of the last turn that had some when the newest speaks of one.
  Remote ones are fetched by the gateway, never from private addresses. A model without vision gets \`[image]\`.
- **Stored responses**: \`previous_response_id\`, \`GET\`/\`DELETE /v1/responses/{id}\`, \`…/input_items\`; in memory, bounded,
  per client key.
- **Compaction** (\`/v1/responses/compact\`, \`compaction_trigger\`): the model summarises the conversation; the item that
  carries the summary can be sent back in its place.

${protocols.join('\n\n')}
`;
}
