/** Secrets of an account in a file of their own: `passwordFile` beside `username`, as `…_FILE` for variables. */
import type { Language } from '../texts/language.js';
import { LOADER_TEXTS } from '../texts/loader-texts.js';
import { atEntry, entriesOf, MEMBERS_IN_FILES, membersOf } from './account.js';

/** The list with the files' contents in it; what stands for no list is left to the schema. */
export function withAccountFiles(
  written: unknown,
  readFile: ((path: string) => string) | undefined,
  language: Language,
): { readonly value: unknown } | { readonly problem: string } {
  const read = written === undefined ? undefined : entriesOf(written);
  if (read === undefined || !('entries' in read) || !read.entries.some(namesFile)) return { value: written };
  const texts = LOADER_TEXTS[language];
  const entries: unknown[] = [];
  for (const [index, entry] of read.entries.entries()) {
    const members = namesFile(entry) ? membersOf(entry) : undefined;
    if (members === undefined) {
      entries.push(entry);
      continue;
    }
    for (const name of MEMBERS_IN_FILES) {
      const file = members[`${name}File`];
      if (file === undefined) continue;
      const problem = (reason: string) => ({ problem: atEntry(index, { en: reason, 'zh-CN': reason })[language] });
      if (members[name] !== undefined) return problem(`${name}File: ${texts.setTwice(name)}`);
      try {
        if (readFile === undefined) throw new Error(texts.noFiles);
        const text = readFile(String(file)).replace(/[\r\n]+$/, '');
        if (text.trim() === '') throw new Error(texts.nothingInIt);
        members[name] = text;
      } catch (error) {
        return problem(`${name}File: ${texts.fileUnreadable(String(file), (error as Error).message)}`);
      }
      delete members[`${name}File`];
    }
    entries.push(members);
  }
  return { value: entries };
}

function namesFile(entry: unknown): boolean {
  const members = membersOf(entry);
  return members !== undefined && MEMBERS_IN_FILES.some((name) => Object.hasOwn(members, `${name}File`));
}
