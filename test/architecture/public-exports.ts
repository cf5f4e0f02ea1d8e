/** What packages export, read from their declaration files as text: names, whether they are explained, what their types name. */
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

export interface PublicExport {
  /** As users import it. */
  readonly name: string;
  readonly file: string;
  /** The declaration without comments and bodies. */
  readonly declaration: string;
  readonly isExplained: boolean;
  /** Declarations of ours that it names: `file#name`. */
  readonly uses: readonly string[];
  readonly id: string;
}

interface Declared {
  readonly file: string;
  readonly name: string;
}

/** What an entry's declaration file exports, each found where it is declared. */
export function publicExports(entry: string): readonly PublicExport[] {
  return [...exportedNames(entry)].map(([name, declared]) => describe(name, declared));
}

/** By exported name. */
function exportedNames(file: string): Map<string, Declared> {
  const text = read(file);
  const names = new Map<string, Declared>();
  for (const [, list = '', from = ''] of text.matchAll(/^export (?:type )?\{([^}]*)\} from '(\.[^']+)'/gm)) {
    for (const { name, as } of listed(list)) names.set(as, find(resolve(file, from), name));
  }
  for (const [, name = ''] of text.matchAll(DECLARATION)) names.set(name, { file, name });
  return names;
}

const DECLARATION =
  /^export (?:declare )?(?:abstract )?(?:async )?(?:class|interface|type|function|const|enum) (\w+)/gm;

/** Follows a name through files that only hand it on. */
function find(file: string, name: string): Declared {
  if (declarationAt(read(file), name) !== -1) return { file, name };
  const found = exportedNames(file).get(name);
  if (found === undefined) throw new Error(`${file} does not export ${name}`);
  return found;
}

const declarationAt = (text: string, name: string): number =>
  text.search(
    new RegExp(`^(?:export )?(?:declare )?(?:abstract )?(?:class|interface|type|function|const|enum) ${name}\\b`, 'm'),
  );

function describe(exported: string, { file, name }: Declared): PublicExport {
  const text = read(file);
  const at = declarationAt(text, name);
  const declaration = withoutComments(text.slice(at, endOf(text, at)));
  const local = new Map<string, Declared>();
  for (const [, list = '', from = ''] of text.matchAll(/^import (?:type )?\{([^}]*)\} from '(\.[^']+)'/gm)) {
    for (const imported of listed(list)) {
      const declared = find(resolve(file, from), imported.name);
      // The type of a value goes by the value, and nobody need write it.
      if (isType(declared)) local.set(imported.as, declared);
    }
  }
  for (const [, own = ''] of text.matchAll(
    /^(?:export )?(?:declare )?(?:abstract )?(?:class|interface|type) (\w+)/gm,
  )) {
    local.set(own, { file, name: own });
  }
  const words = new Set(declaration.match(/(?<![\w.#'"])[A-Za-z_]\w*(?!['"\w])/g) ?? []);
  const uses = [...words].flatMap((word) => {
    const used = local.get(word);
    return used === undefined || word === name ? [] : [idOf(used)];
  });
  return {
    name: exported,
    file,
    declaration,
    isExplained: /\*\/\s*$/.test(text.slice(0, at)),
    uses,
    id: idOf({ file, name }),
  };
}

const isType = ({ file, name }: Declared): boolean =>
  new RegExp(`^(?:export )?(?:declare )?(?:abstract )?(?:class|interface|type|enum) ${name}\\b`, 'm').test(read(file));

const idOf = ({ file, name }: Declared): string => `${file}#${name}`;

/** Up to the brace that closes it, or to the semicolon of one that has none. */
function endOf(text: string, at: number): number {
  let depth = 0;
  let isBlock = false;
  const head = /(?:class|interface|enum) /.test(text.slice(at, text.indexOf('\n', at)));
  for (let index = at; index < text.length; index++) {
    const character = text[index];
    if (character === '/' && text[index + 1] === '*') index = text.indexOf('*/', index) + 1;
    else if (character === '{' || character === '(' || character === '[') {
      depth++;
      if (character === '{') isBlock = true;
    } else if (character === '}' || character === ')' || character === ']') {
      depth--;
      if (depth === 0 && head && isBlock && character === '}') return index + 1;
    } else if (character === ';' && depth === 0) return index + 1;
  }
  return text.length;
}

/** With the members that are marked as the package's own. */
const withoutComments = (text: string): string =>
  text.replace(/\/\*\*(?:(?!\*\/)[\s\S])*@internal[\s\S]*?\*\/[^;]*;/g, '').replace(/\/\*[\s\S]*?\*\//g, '');

function listed(list: string): { readonly name: string; readonly as: string }[] {
  return list
    .split(',')
    .map((item) => item.trim().replace(/^type /, ''))
    .filter((item) => item !== '')
    .map((item) => {
      const [name = '', as = name] = item.split(' as ');
      return { name, as };
    });
}

const resolve = (file: string, from: string): string => join(dirname(file), from.replace(/\.js$/, '.d.ts'));

const texts = new Map<string, string>();
function read(file: string): string {
  let text = texts.get(file);
  if (text === undefined) {
    text = readFileSync(file, 'utf8');
    texts.set(file, text);
  }
  return text;
}
