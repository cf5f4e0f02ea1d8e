/** What an agent is seen to do beside its answer, in one turn: whether it has begun to answer at all, and what it costs. */
import type { JsonObject } from '../../../util/index.js';
import type { AgentSessions } from '../../agent/agent-sessions.js';
import type { Turn } from '../../turn/turn.js';

export class AgentWatch {
  #answered: (() => void) | undefined;
  /** What the session had cost before this turn. */
  #costBefore = 0;

  constructor(private readonly agent: AgentSessions) {}

  /** The prompt goes out. */
  asked(sessionId: string): void {
    this.#answered = this.agent.journal?.asked();
    this.#costBefore = this.agent.costOf(sessionId)?.amount ?? 0;
  }

  /** It has begun to answer, or the turn is over. */
  heard(): void {
    if (this.#answered === undefined) return;
    this.#answered();
    this.#answered = undefined;
  }

  /** It has said of a failure that it tries again. */
  retries(): void {
    this.agent.journal?.retries();
  }

  /** Takes a `session/update` that is no piece of an answer. */
  note(update: JsonObject): void {
    this.agent.journal?.note(update);
  }

  /** Takes a `usage_update`, which tells what the whole session has cost: this turn is the last part of that. */
  seeCost(update: JsonObject, { sessionId, usage }: Pick<Turn, 'sessionId' | 'usage'>): void {
    this.note(update);
    const cost = this.agent.seeCost(sessionId, update);
    if (cost === undefined || cost.amount < this.#costBefore) return;
    // Sums of such numbers end in a row of nines.
    const amount = Number((cost.amount - this.#costBefore).toFixed(9));
    usage.cost = { ...cost, amount };
  }
}
