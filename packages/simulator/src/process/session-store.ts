import { randomUUID } from 'node:crypto';
import type { JsonObject } from '../json-object.js';
import type { PlanEntry } from '../turn/directive.js';
import type { Failure } from '../turn/failure.js';
import type { Dialect } from './stats.js';

/** One question and its answer within a session. */
export interface SessionRecord {
  readonly requestId: string;
  readonly question: string;
  readonly createdAt: number;
  answer: string;
  reasoning: string;
  readonly toolCalls: RecordedToolCall[];
  plan: readonly PlanEntry[];
  /** How the turn failed, if it did. */
  error: Failure | undefined;
  finished: boolean;
}

/** A native tool call as the history tells it. */
export interface RecordedToolCall {
  readonly toolCallId: string;
  readonly name: string;
  readonly parameters: JsonObject;
  readonly finished: boolean;
  readonly results: readonly JsonObject[];
}

/** A native tool call that took place in a session. */
export interface SessionToolCall {
  readonly toolCallId: string;
  readonly toolName: string;
  readonly toolCallStatus: string;
}

/** A Lingma conversation. */
export interface Session {
  readonly id: string;
  readonly dialect: Dialect;
  readonly sessionType: string;
  readonly createdAt: number;
  title: string;
  modifiedAt: number;
  /** `''` = none chosen: ACP prompts then fail with `model key is empty`. */
  modelKey: string;
  modeId: string;
  readonly records: SessionRecord[];
  readonly toolCalls: SessionToolCall[];
}

const MAX_SESSIONS = 20_000;
/** What a record costs beside its texts. */
const RECORD_COST = 500;
/** Of all questions, answers and thoughts together. */
const MAX_CHARS = 128 * 1024 * 1024;

/** Sessions of the process, oldest first; bounded, since no client is obliged to delete what it opened. */
export class SessionStore {
  readonly #sessions = new Map<string, Session>();
  readonly #onEvict: () => void;
  #chars = 0;

  constructor(onEvict: () => void) {
    this.#onEvict = onEvict;
  }

  get size(): number {
    return this.#sessions.size;
  }

  get(id: string): Session | undefined {
    return this.#sessions.get(id);
  }

  all(): Session[] {
    return [...this.#sessions.values()];
  }

  create(values: { id?: string; dialect: Dialect; sessionType: string; modelKey: string }): Session {
    const now = Date.now();
    const session: Session = {
      id: values.id ?? randomUUID(),
      dialect: values.dialect,
      sessionType: values.sessionType,
      createdAt: now,
      modifiedAt: now,
      title: '',
      modelKey: values.modelKey,
      modeId: '',
      records: [],
      toolCalls: [],
    };
    this.#sessions.set(session.id, session);
    this.#evict();
    return session;
  }

  addRecord(session: Session, requestId: string, question: string): SessionRecord {
    const record: SessionRecord = {
      ...{ requestId, question, createdAt: Date.now(), answer: '', reasoning: '' },
      ...{ toolCalls: [], plan: [], error: undefined, finished: false },
    };
    session.records.push(record);
    session.modifiedAt = record.createdAt;
    if (this.#sessions.has(session.id)) this.#chars += charsOf(record);
    this.#evict();
    return record;
  }

  /** What a turn came to, once it is over. */
  completeRecord(session: Session, record: SessionRecord, said: Pick<SessionRecord, 'answer' | 'reasoning'>): void {
    const before = charsOf(record);
    Object.assign(record, said);
    if (!this.#sessions.has(session.id)) return;
    this.#chars += charsOf(record) - before;
    this.#evict();
  }

  delete(id: string): boolean {
    const session = this.#sessions.get(id);
    if (session === undefined) return false;
    this.#sessions.delete(id);
    for (const record of session.records) this.#chars -= charsOf(record);
    return true;
  }

  clear(): void {
    this.#sessions.clear();
    this.#chars = 0;
  }

  #evict(): void {
    while (this.#sessions.size > MAX_SESSIONS || (this.#chars > MAX_CHARS && this.#sessions.size > 1)) {
      const oldest = this.#sessions.keys().next();
      if (oldest.done) return;
      this.delete(oldest.value);
      this.#onEvict();
    }
    // One session alone: its past goes instead.
    const records = this.#chars > MAX_CHARS ? this.all()[0]?.records : undefined;
    while (records !== undefined && records.length > 1 && this.#chars > MAX_CHARS) {
      const oldest = records.shift();
      if (oldest !== undefined) this.#chars -= charsOf(oldest);
    }
  }
}

function charsOf({ question, answer, reasoning }: SessionRecord): number {
  return RECORD_COST + question.length + answer.length + reasoning.length;
}
