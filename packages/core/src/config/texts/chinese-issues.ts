/** What is wrong with a value, in Chinese as people write it; zod's own words mix in English names of types and signs. */
import * as z from 'zod';

const TYPES: Readonly<Record<string, string>> = {
  int: '整数',
  number: '数字',
  string: '文本',
  boolean: ' true 或 false',
  array: '列表',
  object: '对象',
  record: '对象',
};
const COUNTED: Readonly<Record<string, string>> = { string: '个字符', array: '项', set: '项' };

/** What schemas of ours say in words of their own, in both languages. */
export const CHINESE_MESSAGES: Readonly<Record<string, string>> = {
  'a name has up to 64 letters, digits and any of _ . @ -': '名字最多 64 个字符，可用字母、数字和 _ . @ -',
  'this name is taken': '这个名字由网关自己使用',
  'a SHA-256 has 64 hexadecimal digits': 'SHA-256 应为 64 位十六进制数字',
  'needs either key or sha256': '`key` 与 `sha256` 须且只须给出一个',
  'must be an http or https address without user name, password and query':
    '应为 http 或 https 地址，不带用户名、密码和查询参数',
  'a channel has a name of up to 64 letters, digits and any of _ . -': '渠道名最多 64 个字符，可用字母、数字和 _ . -',
  'needs a baseUrl': '需要 `baseUrl`',
  'has one of apiKey, apiKeyFile and apiKeys': '`apiKey`、`apiKeyFile`、`apiKeys` 只能给出一个',
  'the channel of type lingma is called lingma, and no other is':
    '类型为 lingma 的渠道须名为 lingma，其他渠道不能用这个名字',
  'two channels have the same name': '有两个渠道同名',
  'two keys have the same name': '有两个密钥同名',
  'two names have the same key': '有两个名字使用同一个密钥',
};

export const chineseIssue: z.core.$ZodErrorMap = (issue) => {
  switch (issue.code) {
    case 'unrecognized_keys':
      return `没有这样的成员：${issue.keys.join('、')}`;
    case 'invalid_type':
      return `应为${TYPES[issue.expected] ?? ` ${issue.expected}`}`;
    case 'invalid_value':
      return `应为 ${issue.values.map((value) => JSON.stringify(value)).join('、')} 之一`;
    case 'too_small': {
      const counted = COUNTED[issue.origin];
      if (counted !== undefined) return `至少要有 ${issue.minimum} ${counted}`;
      return issue.inclusive === false ? `必须大于 ${issue.minimum}` : `不能小于 ${issue.minimum}`;
    }
    case 'too_big': {
      const counted = COUNTED[issue.origin];
      if (counted !== undefined) return `最多只能有 ${issue.maximum} ${counted}`;
      return issue.inclusive === false ? `必须小于 ${issue.maximum}` : `不能大于 ${issue.maximum}`;
    }
    case 'invalid_format':
      return issue.format === 'url' ? '不是合法的网址' : '格式不对';
    default:
      return z.locales.zhCN().localeError(issue);
  }
};
