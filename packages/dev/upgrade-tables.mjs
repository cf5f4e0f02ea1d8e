/** The tables in docs/upgrade*.md: every variable and file member of the earlier gateways, from the table that warns of them. */
import {
  describePredecessors,
  describeSettings,
  FLAT_MEMBERS,
  FLAT_MEMBERS_WITHOUT_EFFECT,
} from '@lingma-gateway/core/config';

const WORDS = {
  en: {
    variables: '| Theirs | Here | What is different |',
    members: '| Member | Setting | Environment |',
    seconds: ' (seconds)',
    noEffect: 'no effect',
    notUsedYet: (reason) => `not used yet: ${reason}`,
    same: '–',
  },
  'zh-CN': {
    variables: '| 原名 | 现在 | 有何不同 |',
    members: '| 成员 | 设置项 | 环境变量 |',
    seconds: '（秒）',
    noEffect: '不起作用',
    notUsedYet: (reason) => `尚未使用：${reason}`,
    same: '–',
  },
};

const code = (text) => `\`${text}\``;
const row = (cells) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;

function variables(predecessor, language) {
  const words = WORDS[language];
  const unused = new Map(describeSettings(language).map(({ path, notUsedYet }) => [path, notUsedYet]));
  const lines = describePredecessors(language)
    .filter(({ from }) => from.includes(predecessor))
    .map(({ name, setting, flag, inSeconds, note }) => {
      const here = flag ?? setting?.env;
      const theirs = code(name) + (inSeconds ? words.seconds : '');
      const reason = unused.get(setting?.path);
      const different = note ?? (reason === undefined ? words.same : words.notUsedYet(reason));
      return row([theirs, here === undefined ? words.noEffect : code(here), different]);
    });
  return [words.variables, '|---|---|---|', ...lines].join('\n');
}

function members(language) {
  const words = WORDS[language];
  const environment = new Map(describeSettings().map(({ path, env }) => [path, env]));
  const taken = Object.entries(FLAT_MEMBERS).map(([name, { path, unit }]) =>
    row([code(name) + (unit === 's' ? words.seconds : ''), code(path), code(environment.get(path))]),
  );
  const dropped = FLAT_MEMBERS_WITHOUT_EFFECT.map(({ name, reason }) =>
    row([code(name), words.noEffect, reason[language]]),
  );
  return [words.members, '|---|---|---|', ...taken, ...dropped].join('\n');
}

const TABLES = {
  'python-gateway': (language) => variables('python-gateway', language),
  'go-proxy': (language) => variables('go-proxy', language),
  'other-tools': (language) => variables('other-tools', language),
  'flat-file': members,
};

/** A page with its tables renewed. Throws where a table has no place in it. */
export function withUpgradeTables(page, language) {
  return Object.entries(TABLES).reduce((text, [name, table]) => {
    const place = new RegExp(`(<!-- ${name}:start -->\n)[\\s\\S]*?(<!-- ${name}:end -->)`);
    if (!place.test(text)) throw new Error(`The upgrade page in ${language} has no place for ${name}`);
    return text.replace(place, (_, start, end) => `${start}${table(language)}\n${end}`);
  }, page);
}
