/** Colour, where a person looks at a terminal that can show it. Everywhere else text stays text. */

export interface Style {
  readonly bold: (text: string) => string;
  readonly dim: (text: string) => string;
  readonly red: (text: string) => string;
  readonly green: (text: string) => string;
  readonly yellow: (text: string) => string;
  readonly cyan: (text: string) => string;
}

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * `NO_COLOR` (not empty) turns colour off, whatever else is said. `FORCE_COLOR` turns it on without a terminal, `0` and
 * `false` off with one. Otherwise a terminal decides, unless it is a `dumb` one.
 */
export function hasColour(stream: { readonly isTTY?: boolean | undefined }, env: Environment): boolean {
  if ((env.NO_COLOR ?? '') !== '') return false;
  const forced = env.FORCE_COLOR?.trim().toLowerCase();
  if (forced !== undefined) return forced !== '0' && forced !== 'false';
  return stream.isTTY === true && env.TERM !== 'dumb';
}

export function createStyle(stream: { readonly isTTY?: boolean | undefined }, env: Environment): Style {
  const isOn = hasColour(stream, env);
  const wrap = (start: number, end: number) => (text: string) =>
    isOn && text !== '' ? `\u001b[${start}m${text}\u001b[${end}m` : text;
  return {
    bold: wrap(1, 22),
    dim: wrap(2, 22),
    red: wrap(31, 39),
    green: wrap(32, 39),
    yellow: wrap(33, 39),
    cyan: wrap(36, 39),
  };
}
