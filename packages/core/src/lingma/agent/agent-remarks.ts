/** What an agent tells beside its answers, for the operator: the last of each kind, cut to what a status page shows. */
import { isJsonObject, type JsonObject } from '../../util/index.js';
import { numberOf, stringOf } from '../protocol/turn-end.js';

/** What an agent told beside its answers. */
export interface AgentRemarks {
  /** What it calls the conversation. */
  readonly title?: string;
  /** What the session has cost so far, as it says. */
  readonly cost?: { readonly amount: number; readonly currency: string };
  /** Tokens that fit into the context of its model. */
  readonly contextTokens?: number;
  readonly plan?: readonly { readonly text: string; readonly status: string }[];
}

const MAX_TEXT = 200;
const MAX_STEPS = 50;

/** `before` with what a `session/update` says; the same object where it says nothing of this. */
export function withRemark(before: AgentRemarks, update: JsonObject): AgentRemarks {
  switch (update.sessionUpdate) {
    case 'session_info_update': {
      const title = stringOf(update.title);
      return title === undefined ? before : { ...before, title: title.slice(0, MAX_TEXT) };
    }
    case 'usage_update': {
      const contextTokens = numberOf(update.size);
      const cost = isJsonObject(update.cost) ? update.cost : {};
      const amount = numberOf(cost.amount);
      return {
        ...before,
        ...(contextTokens !== undefined && { contextTokens }),
        ...(amount !== undefined && { cost: { amount, currency: (stringOf(cost.currency) ?? '').slice(0, 8) } }),
      };
    }
    case 'plan': {
      const steps = Array.isArray(update.entries) ? update.entries.filter(isJsonObject).slice(0, MAX_STEPS) : [];
      const plan = steps.map(({ content, status }) => ({
        text: (stringOf(content) ?? '').slice(0, MAX_TEXT),
        status: stringOf(status) ?? '',
      }));
      return { ...before, plan };
    }
    default:
      return before;
  }
}
