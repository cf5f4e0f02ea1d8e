/** What an agent tells beside its answers, for the operator: the last of each kind, cut to what a status page shows. */
import { type Clock, isJsonObject, type JsonObject, monotonicNow } from '../../util/index.js';
import { numberOf, stringOf } from '../protocol/turn-end.js';

/** What an agent told beside its answers. */
export interface AgentRemarks {
  /** What it calls the conversation. */
  readonly title?: string;
  /** What the session has cost so far, as it says. */
  readonly cost?: AgentCost;
  /** Tokens that fit into the context of its model. */
  readonly contextTokens?: number;
  readonly plan?: readonly { readonly text: string; readonly status: string }[];
  /** How often it has said of a failure that it tries again. */
  readonly retries?: number;
  /** Prompts that it has said nothing to for a while: most agents try again without a word. */
  readonly silent?: { readonly turns: number; readonly seconds: number };
}

/** What a session of an agent has cost. */
export interface AgentCost {
  readonly amount: number;
  /** As ISO 4217 has it: `USD`. */
  readonly currency: string;
}

const MAX_TEXT = 200;
const MAX_STEPS = 50;
const MAX_CURRENCY = 8;
/** A model that answers has begun to by then. */
const SILENT_MS = 20_000;

/** `before` with what a `session/update` says; the same object where it says nothing of this. */
export function withRemark(before: AgentRemarks, update: JsonObject): AgentRemarks {
  switch (update.sessionUpdate) {
    case 'session_info_update': {
      const title = stringOf(update.title);
      return title === undefined ? before : { ...before, title: title.slice(0, MAX_TEXT) };
    }
    case 'usage_update': {
      const contextTokens = numberOf(update.size);
      const cost = costIn(update);
      return {
        ...before,
        ...(contextTokens !== undefined && { contextTokens }),
        ...(cost !== undefined && { cost }),
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

/** Of a `usage_update`: what its session has cost from its beginning. */
export function costIn({ cost }: JsonObject): AgentCost | undefined {
  if (!isJsonObject(cost)) return undefined;
  const amount = numberOf(cost.amount);
  if (amount === undefined || amount < 0) return undefined;
  return { amount, currency: (stringOf(cost.currency) ?? '').slice(0, MAX_CURRENCY) };
}

/** The remarks of all processes of an agent, and what it does not say. */
export class AgentJournal {
  #remarks: AgentRemarks = {};
  #retries = 0;
  /** When each prompt without an answer so far went out; bounded by the turns in flight. */
  readonly #unanswered = new Set<{ readonly since: number }>();

  constructor(private readonly clock: Clock) {}

  /** Takes a `session/update` that is no piece of an answer. */
  note(update: JsonObject): void {
    this.#remarks = withRemark(this.#remarks, update);
  }

  /** It has said that it tries again. */
  retries(): void {
    this.#retries++;
  }

  /** A prompt has gone out. Returns what is to be called when it is answered, or over. Idempotent. */
  asked(): () => void {
    const prompt = { since: monotonicNow(this.clock) };
    this.#unanswered.add(prompt);
    return () => void this.#unanswered.delete(prompt);
  }

  read(): AgentRemarks {
    const now = monotonicNow(this.clock);
    const silent = [...this.#unanswered].map(({ since }) => now - since).filter((ms) => ms >= SILENT_MS);
    return {
      ...this.#remarks,
      ...(this.#retries > 0 && { retries: this.#retries }),
      ...(silent.length > 0 && {
        silent: { turns: silent.length, seconds: Math.floor(Math.max(...silent) / 1000) },
      }),
    };
  }
}
