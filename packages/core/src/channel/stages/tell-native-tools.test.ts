import { describe, expect, it } from 'vitest';
import { type ChatEvent, checkGrammar, collectResult, toEventStream, withStages } from '../../chat/index.js';
import { tellNativeTools } from './tell-native-tools.js';

const call = (id: string, executedBy: 'client' | 'upstream', input: string): readonly ChatEvent[] => [
  { type: 'tool-input-start', id, toolName: 'read_file', kind: 'function', executedBy },
  { type: 'tool-input-delta', id, delta: input },
  { type: 'tool-input-end', id },
];
const tell = async (...events: readonly ChatEvent[]) => {
  const all: readonly ChatEvent[] = [
    { type: 'response-start', responseId: 'r', model: 'm', createdAt: 0, warnings: [] },
    ...events,
    { type: 'response-end', finishReason: 'stop', usage: { inputTokens: 1, outputTokens: 1, origin: 'estimated' } },
  ];
  const { content } = await collectResult(withStages(toEventStream(all), [tellNativeTools(), checkGrammar()]));
  return content.map((block) => ('text' in block ? `${block.type}: ${block.text}` : block.type));
};

describe('tellNativeTools()', () => {
  it('a call that ran upstream - is told as a thought, and its result', async () => {
    expect(
      await tell(...call('c1', 'upstream', '{"path":"a"}'), {
        type: 'tool-result',
        toolCallId: 'c1',
        output: 'secret file',
        isError: true,
      }),
    ).toEqual([
      'tool-call',
      'reasoning: Lingma’s own tool read_file, not run by this gateway: {"path":"a"}\n',
      'tool-result',
      'reasoning: Lingma’s own tool read_file failed.\n',
    ]);
  });

  it('a call for the caller - is none of its business', async () => {
    expect(await tell(...call('c1', 'client', '{}'))).toEqual(['tool-call']);
  });

  it('a long input - is told in part', async () => {
    const [, thought = ''] = await tell(...call('c1', 'upstream', 'x'.repeat(5000)));
    expect(thought.length).toBeLessThan(600);
    expect(thought).toContain('…');
  });
});
