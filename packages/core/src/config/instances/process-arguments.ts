/** Arguments for a program, as text or as a list. No shell reads them: quote marks mean nothing outside of JSON. */
import * as z from 'zod';
import { bilingualIssue } from '../texts/bilingual-issue.js';

export const argumentsSchema = z.preprocess((written, ctx) => {
  if (typeof written !== 'string') return written;
  const text = written.trim();
  if (!text.startsWith('[')) return text.split(/\s+/).filter((word) => word !== '');
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return bilingualIssue(ctx, { en: 'is not valid JSON', 'zh-CN': '不是合法的 JSON' });
  }
}, z.array(z.string()).readonly().default([]));
