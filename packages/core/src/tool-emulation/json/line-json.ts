import { stringifyJson } from '../../util/index.js';

/** On one line, whoever counts lines: JSON itself lets some line separators stand. */
export const toLineJson = (value: unknown): string =>
  stringifyJson(value).replace(
    /[\x7f\x85\u2028\u2029]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
