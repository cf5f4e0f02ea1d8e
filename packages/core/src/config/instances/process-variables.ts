/** Environment variables for a program: an object of names and texts, or the JSON of one. Any of them may be a secret. */
import * as z from 'zod';
import { Secret } from '../../util/index.js';
import { bilingualIssue } from '../texts/bilingual-issue.js';

export const VARIABLES_AS_WRITTEN = z.record(z.string(), z.string());

const NOT_VARIABLES = {
  en: 'must be a JSON object of names and texts',
  'zh-CN': '应为 JSON 对象：变量名对应文本',
};
const NAME = /^[A-Za-z_][\w.-]*$/;

export const variablesSchema = z.preprocess((written, ctx) => {
  if (written === undefined) return undefined;
  let value: unknown = written;
  if (typeof written === 'string') {
    try {
      value = JSON.parse(written) as unknown;
    } catch {
      return bilingualIssue(ctx, NOT_VARIABLES);
    }
  }
  const parsed = VARIABLES_AS_WRITTEN.safeParse(value);
  // The library's own words would quote what may be a secret.
  if (!parsed.success || !Object.keys(parsed.data).every((name) => NAME.test(name))) {
    return bilingualIssue(ctx, NOT_VARIABLES);
  }
  return Object.fromEntries(Object.entries(parsed.data).map(([name, text]) => [name, new Secret(text)]));
}, z.custom<Readonly<Record<string, Secret>>>().default({}));
