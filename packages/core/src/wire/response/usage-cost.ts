/** What an answer cost in money, where clients look for it: programs that show costs read `usage.cost`, in US dollars. */
import type { Usage } from '../../chat/index.js';

/** Nothing where the upstream did not say, or in another currency. */
export const usageCost = ({ cost }: Usage): { readonly cost?: number } =>
  cost?.currency.toUpperCase() === 'USD' ? { cost: cost.amount } : {};
