/** Problems that a schema of ours finds by itself, in both languages: a schema cannot know who will read them. */
import * as z from 'zod';
import { chineseIssue } from './chinese-issues.js';
import type { Language } from './language.js';

export type IssueText = Readonly<Record<Language, string>>;

/** Reports it from within a transformation, which then has no value. */
export function bilingualIssue(ctx: z.core.$RefinementCtx, texts: IssueText): never {
  ctx.issues.push({ code: 'custom', input: undefined, message: texts.en, params: { texts } });
  return z.NEVER;
}

/** What it says to a reader of `language`, if it is one of ours. */
export function bilingualText(issue: z.core.$ZodIssue, language: Language): string | undefined {
  const { texts } = ((issue.code === 'custom' ? issue.params : undefined) ?? {}) as { readonly texts?: IssueText };
  return texts?.[language];
}

/** What `schema` says of the first thing wrong with an entry of a list, with the member's name in front. */
export function issueTexts(schema: z.ZodType, value: unknown): IssueText {
  const said = (error?: z.core.$ZodErrorMap): string => {
    const { error: found } = schema.safeParse(value, error === undefined ? {} : { error });
    const issue = found?.issues[0];
    return `${issue?.path.map(String).join('.') ?? ''}: ${(issue?.message ?? '').replace(/^Invalid (input|URL|string): /, '')}`;
  };
  return { en: said(), 'zh-CN': said(chineseIssue) };
}
