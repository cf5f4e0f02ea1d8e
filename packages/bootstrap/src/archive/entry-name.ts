/** Which names of an archive may become files: those that stay within the folder, on every system. */

const MAX_NAME = 240;
/** Devices of Windows, with any ending; blanks before it count for nothing. */
const RESERVED = /^(?:con|prn|aux|nul|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³]) *(?:\.|$)/i;

/** What is wrong with a name, in words; `undefined`: nothing. */
export function nameProblem(name: string): string | undefined {
  if (name === '') return 'it is empty';
  if (name.length > MAX_NAME) return `it is longer than ${MAX_NAME} characters`;
  if (name.includes('\0')) return 'it holds a NUL';
  if (name.includes('\\')) return 'it holds a backslash';
  if (name.startsWith('/')) return 'it is absolute';
  // Behind a file's name it is a second stream of that file.
  if (name.includes(':')) return 'it names a drive, or holds a colon';
  const parts = (name.endsWith('/') ? name.slice(0, -1) : name).split('/');
  if (parts.includes('..')) return 'it leads out of the folder';
  if (parts.includes('.') || parts.includes('')) return 'it has an empty part';
  if (parts.some((part) => RESERVED.test(part))) return 'Windows keeps it for a device';
  if (parts.some((part) => /[. ]$/.test(part))) return 'a part ends with a dot or a blank';
  return undefined;
}

/** Two names that are the same file on a system which does not tell upper from lower case. */
export const foldName = (name: string): string => name.replace(/\/$/, '').normalize('NFC').toLowerCase();

/** A name for people: of what comes from outside, printable and short. */
export const shownName = (name: string): string =>
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is taken out
  JSON.stringify(name.replace(/[\u0000-\u001f\u007f-\u009f]/g, '?').slice(0, 80));
