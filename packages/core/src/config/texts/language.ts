/** The languages in which people are spoken to: help, problems, documentation. What clients read is English alone. */
export type Language = 'en' | 'zh-CN';
