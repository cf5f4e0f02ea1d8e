import { describe, expect, it } from 'vitest';
import { chosenTool, flatName, isNamed, qualifiedName, toolNamed } from './tool-name.js';

const plain = { name: 'find' };
const mail = { name: 'find', namespace: 'mail' };
const file = { name: 'find', namespace: 'file' };

describe('names of tools', () => {
  it('one of a namespace - has a name that is no other tool’s', () => {
    expect([qualifiedName(plain), qualifiedName(mail), flatName(plain), flatName(mail)]).toEqual([
      'find',
      'mail.find',
      'find',
      'mail__find',
    ]);
    expect(['find', 'mail.find', 'mail__find', 'mail/find', 'mail:find'].every((name) => isNamed(mail, name))).toBe(
      true,
    );
    expect(['mail', 'file.find', 'mailfind'].some((name) => isNamed(mail, name))).toBe(false);
  });

  it.each([
    ['find', [mail, plain], plain],
    ['mail.find', [file, mail, plain], mail],
    ['find', [file, mail], file],
    ['lost', [file, mail], undefined],
  ] as const)('%s among several - one without namespace first, then a qualified one', (name, tools, expected) => {
    expect(toolNamed(tools, name)).toBe(expected);
  });

  it('a choice - means the tool of its namespace, and none when it forces none', () => {
    const tools = [plain, mail, file];
    expect(chosenTool(tools, { type: 'tool', toolName: 'find', namespace: 'file' })).toBe(file);
    expect(chosenTool(tools, { type: 'tool', toolName: 'find' })).toBe(plain);
    expect(chosenTool(tools, { type: 'tool', toolName: 'find', namespace: 'lost' })).toBeUndefined();
    expect(chosenTool(tools, { type: 'required' })).toBeUndefined();
  });
});
