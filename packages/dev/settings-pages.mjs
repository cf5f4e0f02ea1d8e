/** What is generated from the settings registry: docs/configuration*.md, .env.example, and the table in each README. */
import { describeSettings, FREQUENT_SETTINGS } from '@lingma-gateway/core/config';

/** In each language: the rows, and the words around them. */
const LANGUAGES = {
  en: {
    rows: describeSettings('en'),
    sections: {
      server: 'Server',
      auth: 'Keys',
      admission: 'Admission',
      lingma: 'Lingma',
      sessions: 'Conversations',
      usage: 'Usage',
      models: 'Models',
      channels: 'Channels',
      streaming: 'Streaming',
      debug: 'Looking for faults',
      toolForwarding: 'Tools',
      images: 'Images',
    },
    pageHead: '| Setting | Type | Default | Flag | Environment | What it does |',
    readmeHead: '| Flag | Environment | Default | What it does |',
    seconds: (name) => `${name} (seconds)`,
    also: (names) => `; also ${names}`,
    notUsedYet: (reason) => ` *Not used yet: ${reason}.*`,
  },
  'zh-CN': {
    rows: describeSettings('zh-CN'),
    sections: {
      server: '服务器',
      auth: '密钥',
      admission: '并发',
      lingma: '灵码',
      sessions: '对话',
      usage: '用量',
      models: '模型',
      channels: '渠道',
      streaming: '流式输出',
      debug: '排查问题',
      toolForwarding: '工具',
      images: '图片',
    },
    pageHead: '| 设置项 | 类型 | 默认值 | 参数 | 环境变量 | 作用 |',
    readmeHead: '| 参数 | 环境变量 | 默认值 | 作用 |',
    seconds: (name) => `${name}（秒）`,
    also: (names) => `；也可用 ${names}`,
    notUsedYet: (reason) => ` *尚未使用：${reason}。*`,
  },
};

const cell = (text) => text.replaceAll('|', '\\|');
const code = (text) => `\`${text}\``;
const written = (value) => (typeof value === 'string' ? value : JSON.stringify(value));
const isEmpty = (value) => value === '' || (typeof value === 'object' && Object.keys(value).length === 0);
const inSeconds = (ms) => `${ms / 1000} s`;

/** Durations in both units where the flag's is another: a bare 900000 beside `--timeout` would be taken for seconds. */
function fallback(row) {
  if (row.default === undefined || isEmpty(row.default)) return row.defaultDoc ?? '–';
  const value = code(written(row.default));
  const inItsUnit = row.flagUnit === 's' ? `${value} ms (${inSeconds(row.default)})` : value;
  return row.defaultDoc === undefined ? inItsUnit : `${inItsUnit}; ${row.defaultDoc}`;
}

const flagCell = (row, words) => {
  if (row.flag === undefined) return '–';
  const flag = row.shortFlag === undefined ? code(row.flag) : `${code(row.flag)}, ${code(row.shortFlag)}`;
  return row.flagUnit === 's' ? words.seconds(flag) : flag;
};
const aliasesOf = (row, words) =>
  row.envAliases
    .map((name) => (row.envAliasesInSeconds?.includes(name) ? words.seconds(code(name)) : code(name)))
    .join(', ');

function settingsTables(language) {
  const words = LANGUAGES[language];
  const { rows } = words;
  return [...new Set(rows.map(({ section }) => section))]
    .map((section) => {
      const lines = rows
        .filter((row) => row.section === section)
        .map((row) => {
          const notYet = row.notUsedYet === undefined ? '' : words.notUsedYet(row.notUsedYet);
          const aliases = row.envAliases.length === 0 ? '' : words.also(aliasesOf(row, words));
          return `| ${[
            code(row.path),
            code(row.type),
            fallback(row),
            flagCell(row, words),
            code(row.env) + aliases,
            row.doc + notYet,
          ]
            .map(cell)
            .join(' | ')} |`;
        });
      const title = words.sections[section] ?? section;
      return `## ${title}\n\n${words.pageHead}\n|---|---|---|---|---|---|\n${lines.join('\n')}`;
    })
    .join('\n\n');
}

export const configurationPage = () => `# Configuration

[中文](configuration.zh-CN.md)

<!-- Generated from packages/core/src/config by \`npm run docs:sync\`. -->

Defaults < JSON file < environment < flags. \`lingma-gateway config\` shows every value in effect and where it came from.

- **File**: \`--config gateway.json\` or \`LINGMA_GATEWAY_CONFIG\`. One object a section, as named below:
  \`{ "server": { "port": 9000 }, "lingma": { "wsUrl": "ws://127.0.0.1:36510/" } }\`. Unknown keys are errors.
  [generated/config.schema.json](generated/config.schema.json) is its JSON Schema.
- **Environment**: the first name is the canonical one. The others come from earlier Lingma gateways; they work and warn.
  What those gateways read and this one does not warns, too. An empty value counts as absent.
  [.env.example](../.env.example) lists them all.
- **Flags**: \`--flag value\` or \`--flag=value\`; switches are \`--flag\` and \`--no-flag\`. Unknown flags are errors.
- **Durations** are milliseconds where the name says so, seconds where the table says so; \`90s\`, \`2m\` and \`500ms\` are
  understood everywhere.
- **Lists** are separated by commas.
- **Secrets** may lie in files: each variable of a secret is also understood with \`_FILE\` behind it, such as
  \`LINGMA_GATEWAY_API_KEYS_FILE=/run/secrets/keys\`. Line ends at its end are cut; a file and a value at once are an error.
- **Earlier gateways**: [upgrade.md](upgrade.md) lists their variables, flags and files, and what has become of each.

Problems are reported together, each with the place it came from, and nothing starts.

${settingsTables('en')}
`;

export const chineseConfigurationPage = () => `# 配置

[English](configuration.md)

<!-- Generated from packages/core/src/config by \`npm run docs:sync\`. -->

默认值 < JSON 文件 < 环境变量 < 命令行参数。\`lingma-gateway config\` 列出每项设置当前的值及其来源。

- **文件**：\`--config gateway.json\` 或 \`LINGMA_GATEWAY_CONFIG\`。每个配置段是一个对象，名称见下文：
  \`{ "server": { "port": 9000 }, "lingma": { "wsUrl": "ws://127.0.0.1:36510/" } }\`。出现未知的键即报错。
  其 JSON Schema 见 [generated/config.schema.json](generated/config.schema.json)。
- **环境变量**：第一个是正式名称，其余沿用自更早的灵码网关，仍然有效，但会告警。那些网关用过而这里不用的变量也会告警。
  空值视为未设置。全部变量见 [.env.example](../.env.example)。
- **参数**：\`--flag value\` 或 \`--flag=value\`；开关写作 \`--flag\` 和 \`--no-flag\`。出现未知参数即报错。
- **时长**：名称带 Ms 的以毫秒计，表中注明秒的以秒计；\`90s\`、\`2m\`、\`500ms\` 在任何地方都可以用。
- **列表**以逗号分隔。
- **密钥类设置**可放在文件里：每个密钥类变量都可以在名称后加 \`_FILE\`，例如
  \`LINGMA_GATEWAY_API_KEYS_FILE=/run/secrets/keys\`。文件末尾的换行会被去掉；同时给出文件和值则报错。
- **更早的网关**：它们的变量、参数和文件，以及各自的去向，见 [upgrade.zh-CN.md](upgrade.zh-CN.md)。

所有问题会一次列出，并注明各自的来源；只要有问题就不会启动。

${settingsTables('zh-CN')}
`;

export function envExample() {
  const { rows, sections } = LANGUAGES.en;
  const wrap = (text, width = 116) => {
    const lines = [''];
    for (const word of text.split(' ')) {
      if (`${lines.at(-1)} ${word}`.length > width) lines.push('');
      lines[lines.length - 1] = `${lines.at(-1)} ${word}`.trim();
    }
    return lines.map((line) => `# ${line}`);
  };
  const parts = [
    '# Generated by `npm run docs:sync`. The gateway reads the environment, not this file: pass it with',
    '# `node --env-file=.env packages/server/dist/cli.js`, a container or a service definition.',
    '',
    ...wrap('A JSON file with settings; the environment wins over it.'),
    '#LINGMA_GATEWAY_CONFIG=',
  ];
  let section = '';
  for (const row of rows) {
    if (row.section !== section) {
      section = row.section;
      parts.push('', `# --- ${sections[section] ?? section} ---`);
    }
    const notes = [
      row.kind === 'enum' ? `One of: ${row.type.replaceAll(' | ', ', ')}.` : '',
      row.type === 'milliseconds' ? 'In milliseconds.' : '',
      row.defaultDoc === undefined ? '' : `Default: ${row.defaultDoc}.`,
      row.notUsedYet === undefined ? '' : `Not used yet: ${row.notUsedYet}.`,
      row.secret && row.env !== 'LINGMA_GATEWAY_SESSION_BUNDLE' ? `Or the path of a file: ${row.env}_FILE.` : '',
      row.envAliases.length === 0 ? '' : `Older names: ${row.envAliases.join(', ')}.`,
    ];
    parts.push('', ...wrap([row.doc, ...notes].filter((note) => note !== '').join(' ')));
    parts.push(`#${row.env}=${row.default === undefined || isEmpty(row.default) ? '' : written(row.default)}`);
  }
  return `${parts.join('\n')}\n`;
}

/** A README with its table renewed; unchanged when it has no markers. */
export const withSettingsTable = (text, language) =>
  text.replace(
    /(<!-- settings:start -->\n)[\s\S]*?(<!-- settings:end -->)/,
    (_, start, end) => `${start}${readmeTable(language)}\n${end}`,
  );

function readmeTable(language) {
  const words = LANGUAGES[language];
  const lines = FREQUENT_SETTINGS.map((path) => {
    const row = words.rows.find((candidate) => candidate.path === path);
    if (row === undefined) throw new Error(`FREQUENT_SETTINGS names a setting that does not exist: ${path}`);
    const choices = row.kind === 'enum' ? ` ${code(row.type)}` : '';
    return `| ${[flagCell(row, words), code(row.env), fallback(row), row.doc + choices].map(cell).join(' | ')} |`;
  });
  return [words.readmeHead, '|---|---|---|---|', ...lines].join('\n');
}
