import { randomUUID } from 'node:crypto';
import type { Dialect } from './stats.js';

/** One question and its answer within a session. */
export interface SessionRecord {
  readonly requestId: string;
  readonly question: string;
  readonly createdAt: number;
  answer: string;
  finished: boolean;
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
    const record: SessionRecord = { requestId, question, createdAt: Date.now(), answer: '', finished: false };
    session.records.push(record);
    session.modifiedAt = record.createdAt;
    if (this.#sessions.has(session.id)) this.#chars += question.length;
    this.#evict();
    return record;
  }

  delete(id: string): boolean {
    const session = this.#sessions.get(id);
    if (session === undefined) return false;
    this.#sessions.delete(id);
    for (const record of session.records) this.#chars -= record.question.length;
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
  }
}
