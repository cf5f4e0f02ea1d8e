import { expect, it } from 'vitest';
import { askingMode } from './asking-mode.js';
import type { Choice } from './config-choices.js';

const mode = (id: string, description = '', name = id): Choice => ({ id, name, description });
const modes = (...ids: string[]): Choice[] => ids.map((id) => mode(id));

it.each<[string, readonly Choice[], string | undefined]>([
  ['claude', modes('auto', 'default', 'acceptEdits', 'plan', 'dontAsk', 'bypassPermissions'), 'default'],
  ['codex', modes('agent', 'read-only', 'workspace-write', 'agent-full-access'), 'read-only'],
  ['gemini', modes('yolo', 'autoEdit', 'default', 'plan'), 'default'],
  ['qwen', modes('plan', 'default', 'auto-edit', 'auto', 'yolo'), 'default'],
  ['opencode', modes('build', 'plan'), 'plan'],
  ['ask, whatever the order', modes('code', 'plan', 'ask'), 'ask'],
  ['another spelling', modes('agent', 'Read_Only'), 'Read_Only'],
  ['camel case', modes('agent', 'readOnly'), 'readOnly'],
  [
    'an address',
    modes('https://agent.example/modes#agent', 'https://agent.example/modes#ask'),
    'https://agent.example/modes#ask',
  ],
  ['a name beside an id that says nothing', [mode('m1', '', 'Auto'), mode('m2', '', 'Ask Mode')], 'm2'],
  ['a name in Chinese', [mode('m1', '', '自动'), mode('m2', '', '只读')], 'm2'],
  ['words that leave no doubt', [mode('turbo'), mode('careful', 'Always asks before it runs anything')], 'careful'],
  ['the default one acts', [mode('default', 'Runs commands without asking'), mode('plan')], 'plan'],
  ['words that deny it', [mode('default', 'Never runs a command without asking')], 'default'],
  ['the default one acts, in Chinese', [mode('default', '无需确认即可执行命令')], undefined],
  ['all act', modes('auto', 'yolo', 'agent', 'build', 'acceptEdits', 'dontAsk', 'bypassPermissions'), undefined],
  ['asks only where it sees danger', [mode('agent', 'Only ask for actions detected as potentially unsafe')], undefined],
  ['none at all', [], undefined],
])('askingMode() - %s', (_, offered, expected) => {
  expect(askingMode(offered)?.id).toBe(expected);
});
