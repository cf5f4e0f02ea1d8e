/** Options are checked where they are given, so that a misspelt one does not pass in silence. */

/** What an option may be; numbers are those of 0 and above. */
export type OptionKind = 'boolean' | 'function' | 'number' | 'object' | 'string';

/** @throws TypeError that names an option which is none, or is of the wrong type, and what there is in its place */
export function checkOptions(owner: string, options: unknown, kinds: Readonly<Record<string, OptionKind>>): void {
  if (typeof options !== 'object' || options === null) throw new TypeError(`${owner} takes its options as an object`);
  for (const [name, value] of Object.entries(options)) {
    const kind = Object.hasOwn(kinds, name) ? kinds[name] : undefined;
    if (kind === undefined) {
      throw new TypeError(`${owner} has no option "${name}"; ${meant(name, Object.keys(kinds))}`);
    }
    if (value !== undefined && !isOf(kind, value)) {
      throw new TypeError(`${owner}: "${name}" must be ${kind === 'number' ? 'a number of 0 or more' : a(kind)}`);
    }
  }
}

function meant(name: string, names: readonly string[]): string {
  const near = names.find((other) => slips(name.toLowerCase(), other.toLowerCase()) <= Math.max(2, name.length / 3));
  return `${near === undefined ? '' : `did you mean "${near}"? `}it has ${names.join(', ')}`;
}

/** Letters that are missing, too many or others. This package takes nothing from the one whose gateway it serves. */
function slips(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, index) => index);
  for (const [i, letter] of [...one].entries()) {
    const next = [i + 1];
    for (let j = 0; j < other.length; j++) {
      const changed = (row[j] as number) + (letter === other[j] ? 0 : 1);
      next.push(Math.min(changed, (row[j + 1] as number) + 1, (next[j] as number) + 1));
    }
    row = next;
  }
  return row[other.length] as number;
}

const a = (kind: OptionKind): string => `${kind === 'object' ? 'an' : 'a'} ${kind}`;

function isOf(kind: OptionKind, value: unknown): boolean {
  if (kind === 'number') return typeof value === 'number' && value >= 0;
  return typeof value === kind && value !== null;
}

/** What a mount asks of a gateway. @throws TypeError where it is something else */
export function checkGateway(owner: string, gateway: unknown): void {
  const isGateway =
    typeof gateway === 'object' &&
    gateway !== null &&
    ['fetch', 'hasRoute'].every((name) => typeof Reflect.get(gateway, name) === 'function');
  if (!isGateway) throw new TypeError(`${owner} takes a gateway, as createGateway() makes it`);
}
