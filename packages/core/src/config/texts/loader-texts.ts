/** What the loader says of a configuration, in both languages. */
import type { Language } from './language.js';

interface LoaderTexts {
  readonly hint: string;
  readonly from: Readonly<Record<'default' | 'file' | 'environment' | 'flag', string>>;
  readonly unknownFlag: string;
  readonly unknownSection: string;
  readonly unknownSetting: string;
  readonly mustBeSettings: string;
  readonly mustBeSections: string;
  readonly sections: (names: string) => string;
  readonly notJson: (reason: string) => string;
  readonly didYouMean: (name: string) => string;
  readonly seeTheDocs: string;
  readonly got: (value: string) => string;
  readonly within: (path: string) => string;
  readonly notAcceptable: string;
  readonly blankSecret: string;
  readonly notUsedYet: (reason: string) => string;
  readonly olderName: (name: string, canonical: string) => string;
  readonly overruled: (name: string, by: string) => string;
  readonly fallsBack: (name: string, message: string) => string;
  readonly setTwice: (other: string) => string;
  readonly fileUnreadable: (name: string, reason: string) => string;
  readonly noFiles: string;
  readonly nothingInIt: string;
  readonly flatFile: string;
  readonly untilRestart: string;
  readonly noEffect: (name: string, reason: string) => string;
  readonly noSuchSetting: (name: string, nearest: string | undefined) => string;
}

export const LOADER_TEXTS: Readonly<Record<Language, LoaderTexts>> = {
  en: {
    hint: 'hint: ',
    from: { default: 'default', file: 'file', environment: 'environment', flag: 'flag' },
    unknownFlag: 'unknown flag',
    unknownSection: 'unknown section',
    unknownSetting: 'unknown setting',
    mustBeSettings: 'must be an object of settings',
    mustBeSections: 'must be a JSON object with one member a section',
    sections: (names) => `sections: ${names}`,
    notJson: (reason) => `not valid JSON: ${reason}`,
    didYouMean: (name) => `did you mean ${name}?`,
    seeTheDocs: 'see docs/configuration.md for what there is',
    got: (value) => `, got ${value}`,
    within: (path) => ` at ${path}`,
    notAcceptable: 'not acceptable',
    blankSecret: 'holds nothing but blanks, which protect nothing; set a secret, or leave it out',
    notUsedYet: (reason) => `not used yet by this version: ${reason}`,
    olderName: (name, canonical) => `${name} is an older name, use ${canonical}`,
    overruled: (name, by) => `${name} has no effect, because ${by} is set`,
    fallsBack: (name, message) => `${name} is left out and the default stands: ${message}`,
    setTwice: (other) => `${other} is set too: leave out one of the two`,
    fileUnreadable: (name, reason) => `the file ${name} cannot be used: ${reason}`,
    noFiles: 'files are not read here',
    nothingInIt: 'it is empty',
    flatFile: 'the flat form of an earlier proxy was read; docs/upgrade.md tells the names of today',
    untilRestart: ' (with the settings that cannot change before a restart)',
    noEffect: (name, reason) => `${name} has no effect: ${reason}`,
    noSuchSetting: (name, nearest) =>
      `${name} has no effect: there is no such setting${nearest === undefined ? '' : `; did you mean ${nearest}?`}`,
  },
  'zh-CN': {
    hint: '提示：',
    from: { default: '默认值', file: '文件', environment: '环境变量', flag: '参数' },
    unknownFlag: '未知参数',
    unknownSection: '未知的配置段',
    unknownSetting: '未知的设置项',
    mustBeSettings: '应为一个由设置项组成的对象',
    mustBeSections: '应为一个 JSON 对象，每个成员是一个配置段',
    sections: (names) => `配置段有：${names}`,
    notJson: (reason) => `不是合法的 JSON：${reason}`,
    didYouMean: (name) => `是不是想写 ${name}？`,
    seeTheDocs: '可用的设置见 docs/configuration.zh-CN.md',
    got: (value) => `，实际是 ${value}`,
    within: (path) => `（位于 ${path}）`,
    notAcceptable: '取值无效',
    blankSecret: '只有空白，起不到保护作用；请填入密钥，或去掉这一项',
    notUsedYet: (reason) => `当前版本尚未使用：${reason}`,
    olderName: (name, canonical) => `${name} 是旧名，请改用 ${canonical}`,
    overruled: (name, by) => `${name} 不起作用，因为已设置 ${by}`,
    fallsBack: (name, message) => `忽略 ${name}，使用默认值：${message}`,
    setTwice: (other) => `${other} 也已设置：两者请只保留一个`,
    fileUnreadable: (name, reason) => `文件 ${name} 无法使用：${reason}`,
    noFiles: '此处不读取文件',
    nothingInIt: '文件为空',
    flatFile: '读取的是旧代理的扁平格式；现在的名称见 docs/upgrade.zh-CN.md',
    untilRestart: '（与重启前不会改变的设置合在一起时）',
    noEffect: (name, reason) => `${name} 不起作用：${reason}`,
    noSuchSetting: (name, nearest) =>
      `${name} 不起作用：没有这个设置项${nearest === undefined ? '' : `；是不是想写 ${nearest}？`}`,
  },
};
