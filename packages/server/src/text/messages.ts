/** What the command says to people, in their language. What clients and logs read is English alone. */
import type { Language } from '@lingma-gateway/core/config';
import { CHINESE } from './chinese.js';
import { ENGLISH, type Messages } from './english.js';

export type { Messages };

export const messagesIn = (language: Language): Messages => (language === 'zh-CN' ? CHINESE : ENGLISH);
