/**
 * The reference of each entry of each package, out of the declarations that the compiler made: what is exported, with its type and
 * its docstring, and what those types name besides. A change of what a package promises is a change of its page.
 */
import { existsSync } from 'node:fs';
import { join, sep } from 'node:path';
import ts from 'typescript';
import { publishedPackages } from './publish/packages.mjs';

const KINDS = [
  ['Functions', (flags) => flags & ts.SymbolFlags.Function],
  ['Classes', (flags) => flags & ts.SymbolFlags.Class],
  ['Constants', (flags) => flags & ts.SymbolFlags.Variable],
  ['Types', () => true],
];

/** By path: the pages, and what each lacks: exports without a docstring, types that cannot be named from outside. */
export function apiPages() {
  const entries = publishedPackages()
    .flatMap((own) =>
      own.entries.map((entry) => ({ ...entry, own, file: join(own.dir, 'dist', `${entry.module}.d.ts`) })),
    )
    .filter(({ file }) => existsSync(file))
    // What several entries export is told with the narrower one.
    .sort((one, other) => Number(one.path === '.') - Number(other.path === '.'));
  const program = ts.createProgram(
    entries.map(({ file }) => file),
    { module: ts.ModuleKind.NodeNext, target: ts.ScriptTarget.ES2023, skipLibCheck: true, types: [] },
  );
  const checker = program.getTypeChecker();
  const resolved = (symbol) => (symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol);
  const isOurs = (declaration) => {
    const file = declaration.getSourceFile().fileName;
    return file.includes(`${sep}dist${sep}`.replaceAll(sep, '/')) && !file.includes('/node_modules/');
  };

  const home = new Map();
  const exported = new Map();
  for (const entry of entries) {
    const source = program.getSourceFile(entry.file);
    const symbols = checker
      .getExportsOfModule(checker.getSymbolAtLocation(source))
      .map((symbol) => ({ name: symbol.name, symbol: resolved(symbol) }))
      .sort((one, other) => (one.name < other.name ? -1 : 1));
    exported.set(entry, symbols);
    for (const { symbol, name } of symbols) if (!home.has(symbol)) home.set(symbol, { entry, name });
  }

  /** What the declarations of a symbol name of ours that no entry exports, and what that names in turn. */
  const unnamed = (symbols) => {
    const found = new Set();
    const visit = (node) => {
      const name = ts.isTypeReferenceNode(node)
        ? node.typeName
        : ts.isTypeQueryNode(node)
          ? node.exprName
          : ts.isExpressionWithTypeArguments(node)
            ? node.expression
            : undefined;
      const symbol = name === undefined ? undefined : checker.getSymbolAtLocation(name);
      if (symbol !== undefined) {
        const target = resolved(symbol);
        const isType = target.flags & ~ts.SymbolFlags.TypeParameter;
        if (isType && !home.has(target) && !found.has(target) && target.declarations?.every(isOurs)) {
          found.add(target);
          target.declarations.forEach(visit);
        }
      }
      if (!isPrivate(node)) ts.forEachChild(node, visit);
    };
    for (const symbol of symbols) symbol.declarations?.forEach(visit);
    return [...found];
  };

  const pages = new Map();
  for (const [entry, symbols] of exported) {
    const here = symbols.filter(({ symbol }) => home.get(symbol).entry === entry);
    const elsewhere = symbols.filter(({ symbol }) => home.get(symbol).entry !== entry);
    const besides = unnamed(here.map(({ symbol }) => symbol)).sort((one, other) => (one.name < other.name ? -1 : 1));
    const lines = [
      `# \`${entry.specifier}\``,
      '',
      `<!-- Written by \`npm run docs:sync\` from the declarations. -->`,
      '',
      `${entry.own.manifest.description}. See [its page](../../packages/${entry.own.dir.split(sep).at(-1)}/README.md).`,
      '',
    ];
    const left = new Set(here);
    for (const [title, isKind] of KINDS) {
      const ofKind = here.filter((each) => left.has(each) && isKind(each.symbol.flags));
      if (ofKind.length === 0) continue;
      lines.push(`## ${title}`, '');
      for (const each of ofKind) {
        left.delete(each);
        lines.push(`### ${each.name}`, '', ...section(each.symbol));
      }
    }
    if (elsewhere.length > 0) {
      lines.push('## Told elsewhere', '');
      for (const { name, symbol } of elsewhere) lines.push(`- [\`${name}\`](${pageOf(home.get(symbol).entry)})`);
      lines.push('');
    }
    if (besides.length > 0) {
      lines.push('## Named by these, not exported', '');
      for (const symbol of besides) lines.push(...code(symbol));
    }
    pages.set(`docs/api/${pageOf(entry)}`, {
      text: `${lines.join('\n').trimEnd()}\n`,
      undocumented: here.filter(({ symbol }) => docstring(symbol) === '').map(({ name }) => name),
      unnamed: besides.map(({ name }) => name),
    });
  }
  return pages;

  function section(symbol) {
    const text = docstring(symbol);
    return [...(text === '' ? [] : [text, '']), ...code(symbol)];
  }
  function docstring(symbol) {
    const text = ts.displayPartsToString(symbol.getDocumentationComment(checker));
    const tags = symbol
      .getJsDocTags(checker)
      .map(({ name, text: parts }) => `*${name}* ${ts.displayPartsToString(parts)}`.trim());
    // What looks like a tag of HTML would vanish.
    return [text, ...tags]
      .filter((part) => part !== '')
      .join('\n\n')
      .replaceAll(/\{@link(?:code)? (\w[\w.]*)\}/g, '`$1`');
  }
  function code(symbol) {
    return ['```ts', (symbol.declarations ?? []).map(declared).join('\n'), '```', ''];
  }
}

/** A declaration as it is written, without what every one has and without what is nobody's business. */
function declared(declaration) {
  const node = ts.isVariableDeclaration(declaration) ? declaration.parent.parent : declaration;
  const source = node.getSourceFile();
  const hidden = ts.isClassDeclaration(node) ? node.members.filter(isPrivate) : [];
  let text = node.getText(source);
  for (const member of hidden) text = text.replace(new RegExp(`\\n\\s*${escaped(member.getText(source))}`), '');
  return text.replace(/^export (?:default )?/, '').replace(/^declare /, '');
}

const isPrivate = (node) =>
  (node.name !== undefined && ts.isPrivateIdentifier(node.name)) ||
  (ts.canHaveModifiers(node) &&
    ts.getModifiers(node)?.some(({ kind }) => kind === ts.SyntaxKind.PrivateKeyword) === true);

const escaped = (text) => text.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&');

/** `core-wire.md` of `@lingma-gateway/core/wire`. */
const pageOf = ({ specifier }) => `${specifier.replace(/^@lingma-gateway\//, '').replaceAll('/', '-')}.md`;
