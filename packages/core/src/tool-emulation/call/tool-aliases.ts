/**
 * Names under which models know common tools. A model that was trained in one agent writes `Bash` where another agent's
 * tool is called `terminal`; the name counts only when the caller offers exactly one tool of that group.
 */

/** Lower case, letters and digits only: the form {@link bareToolName} gives. */
const GROUPS: readonly (readonly string[])[] = [
  [
    'bash',
    'terminal',
    'shell',
    'runcommand',
    'runterminalcmd',
    'runterminalcommand',
    'runinterminal',
    'runshellcommand',
    'executecommand',
    'execcommand',
    'executebash',
    'shellcommand',
    'localshell',
    'exec',
  ],
  ['read', 'readfile', 'viewfile', 'openfile', 'fsread', 'fileread', 'readtextfile'],
  ['write', 'writefile', 'writetofile', 'createfile', 'createfilewithtext', 'fswrite', 'filewrite'],
  ['edit', 'editfile', 'searchreplace', 'strreplace', 'replaceinfile', 'replacetextbypath', 'replace', 'fileedit'],
  ['ls', 'list', 'listdir', 'listdirectory', 'listfiles', 'listfolder', 'readfolder'],
  ['glob', 'findfiles', 'searchfile', 'filesearch', 'globsearch', 'findfile'],
  ['grep', 'grepcode', 'grepsearch', 'searchfiles', 'searchfilecontent', 'ripgrep', 'codesearch', 'searchtext'],
  ['webfetch', 'fetch', 'fetchurl', 'fetchcontent', 'readurl', 'urlfetch', 'fetchwebpage'],
  ['websearch', 'searchweb', 'googlesearch', 'internetsearch'],
  ['todowrite', 'updatetodos', 'writetodos', 'updateplan', 'managetodolist', 'todolist'],
  ['deletefile', 'removefile', 'deletefilebypath'],
  ['applypatch', 'patch', 'patchfile'],
];

const GROUP_OF: ReadonlyMap<string, number> = new Map(
  GROUPS.flatMap((names, group) => names.map((name) => [name, group] as const)),
);

/** The name without case and separators: `Read_File` and `readFile` are one. */
export function bareToolName(name: string): string {
  return name.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '');
}

/** The number of the group a bare name belongs to. */
export function aliasGroup(bareName: string): number | undefined {
  return GROUP_OF.get(bareName);
}
