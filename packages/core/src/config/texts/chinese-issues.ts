/** What is wrong with a value, in Chinese as people write it; zod's own words mix in English names of types and signs. */
import { z } from 'zod';

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

export const chineseIssue: z.core.$ZodErrorMap = (issue) => {
  switch (issue.code) {
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
