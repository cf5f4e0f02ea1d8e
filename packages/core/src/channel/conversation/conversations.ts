/**
 * Which session of Lingma's a turn goes on in, and under what it is remembered afterwards. Looked up before the turn; written after
 * a clean end, under the history as the client will send it back. A session stands at one place: it is taken out while a turn
 * uses it, so that whoever asks for the same place meanwhile begins anew with the whole transcript.
 *
 * Over 250 lines: what is looked up and what is written must come to the same key.
 */
import { hash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { CallContext, ChatResult } from '../../chat/index.js';
import type { Conversation, ConversationStore, Fingerprint, MessageWeight, Position } from '../../pool/index.js';
import type { Logger } from '../../util/index.js';
import type { EndWatch, Writing } from '../hold-end.js';
import { type ConversationSession, FoundSession } from './conversation-session.js';
import type { ConversationTerms } from './conversation-terms.js';
import type { MessageHistory } from './message-history.js';
import type { Transcript } from './transcript.js';

/** What became of the session of a turn. */
export interface SessionOutcome {
  /** `''`: there was none. */
  readonly sessionId: string;
  /** It ended well, and the session is ours to keep or to give up; any other one is deleted already. */
  readonly reusable: boolean;
  /** The answer as Lingma wrote it and remembers it. */
  readonly text: string;
  readonly instance?: string;
  readonly generation?: number;
}

/** Whose sessions they are. */
export interface SessionOwner {
  /** Grows when the process is lost, and its sessions with it. Absent: never. */
  readonly generation?: number;
  /** Deletes a session in the background. */
  discardSession?(id: string, instance?: string): void;
}

export interface ConversationRequest {
  readonly history: MessageHistory;
  readonly transcript: Transcript;
  readonly terms: ConversationTerms;
  /** As it is asked for; `''` the default. */
  readonly model: string;
  readonly mode: string;
}

/** Names of models whose keys are remembered: the same model under two names is the same conversation. */
const MAX_MODELS = 256;
/** Scopes whose hashes are remembered, and the characters that one may have for that: 64 KB in all. */
const MAX_SCOPES = 64;
const MAX_SCOPE = 512;

export class Conversations {
  readonly #store: ConversationStore;
  readonly #owner: SessionOwner;
  readonly #scopes = new LRUCache<string, string>({ max: MAX_SCOPES });
  readonly #modelKeys = new LRUCache<string, string>({ max: MAX_MODELS });

  constructor(store: ConversationStore, owner: SessionOwner) {
    this.#store = store;
    this.#owner = owner;
  }

  /**
   * Takes the session of the longest beginning that is known, at once where nothing can be known yet. Whatever comes, one of
   * the ends of what is returned must be told.
   */
  open(request: ConversationRequest, context: CallContext): OpenConversation | Promise<OpenConversation> {
    const { history } = request;
    const fingerprint = history.fingerprint();
    const principal = context.principal?.id ?? '';
    const scopeOf = (model: string): string =>
      this.#scopeOf(JSON.stringify([principal, model, request.mode, request.terms]));
    const generation = this.#owner.generation ?? 0;
    const model = this.#modelKeys.get(request.model) ?? request.model;
    const scope = scopeOf(model);
    const opened = (session: ConversationSession | undefined): OpenConversation =>
      new OpenConversation({
        store: this.#store,
        logger: context.logger,
        generation,
        session,
        discard: (id, instance) => this.#owner.discardSession?.(id, instance),
        keyOf: (answer) => {
          const place = fingerprint.withAnswer(answer.content);
          if (place === undefined) return undefined;
          if (this.#modelKeys.get(request.model) !== answer.model) this.#modelKeys.set(request.model, answer.model);
          return (answer.model === model ? scope : scopeOf(answer.model)) + place;
        },
        keepHistory: () => history.keep(fingerprint, request.transcript.characters()),
      });
    if (!history.hasAnswer) return opened(undefined);
    return this.#take(request, fingerprint, scope, generation, context.logger).then(opened);
  }

  /** Few callers say the same few things, request by request. */
  #scopeOf(told: string): string {
    const known = this.#scopes.get(told);
    if (known !== undefined) return known;
    const scope = hash('sha256', told, 'base64url');
    if (told.length <= MAX_SCOPE) this.#scopes.set(told, scope);
    return scope;
  }

  async #take(
    { history, transcript }: ConversationRequest,
    fingerprint: Fingerprint,
    scope: string,
    generation: number,
    logger: Logger,
  ): Promise<ConversationSession | undefined> {
    const places = new Map<string, Position>();
    const store = this.#store;
    const keys = function* (): Iterable<string> {
      for (const position of fingerprint.positions((beginning) => store.mayHold?.(scope + beginning) ?? true)) {
        const key = scope + position.hash;
        places.set(key, position);
        yield key;
      }
    };
    let found: { readonly key: string; readonly conversation: Conversation } | undefined;
    try {
      found = await this.#store.get(keys());
    } catch (error) {
      logger.warn('The store of conversations cannot be read', { error });
    }
    if (found === undefined) return undefined;
    const { sessionId: id, instance, generation: since, weight } = found.conversation;
    const position = places.get(found.key);
    const unseen = position && transcript.since(position.answer, position.next);
    const isGone = instance === undefined && since !== generation;
    if (isGone) await this.#store.invalidate(undefined, generation).catch(() => undefined);
    if (isGone || unseen === undefined || unseen.length === 0) {
      this.#owner.discardSession?.(id, instance);
      return undefined;
    }
    logger.debug('Going on in a session of Lingma', { known: position?.next, messages: history.length });
    const characters = history.renderedAtMost();
    return new FoundSession({ id, unseen, instance, generation: since, weight, characters, transcript });
  }
}

interface OpenConversationParts {
  readonly store: ConversationStore;
  readonly logger: Logger;
  readonly generation: number;
  readonly session: ConversationSession | undefined;
  readonly discard: (id: string, instance: string | undefined) => void;
  /** `undefined`: an answer that no client sends back. */
  readonly keyOf: (answer: ChatResult) => string | undefined;
  /** The next request of the conversation needs not look at all of it. */
  readonly keepHistory: () => void;
}

/** A turn whose session may be kept. */
interface WatchedTurn {
  outcome?(): Promise<SessionOutcome | undefined>;
  /** The same, where it is known. */
  ended?(): SessionOutcome | undefined;
}

export class OpenConversation implements EndWatch {
  readonly #parts: OpenConversationParts;
  /** The session remembers more than the caller was told, or something else. */
  #differs = false;
  #isWatched = false;
  // As they are and not in a function of our own: one that is put in the place of another made V8 keep the whole request for old.
  #turn: WatchedTurn | undefined;
  #weight: (() => MessageWeight | undefined) | undefined;

  constructor(parts: OpenConversationParts) {
    this.#parts = parts;
  }

  /** Where the turn goes on. */
  get session(): ConversationSession | undefined {
    return this.#parts.session;
  }

  /** The turn whose session this is about, and what its messages weigh. */
  watch(turn: WatchedTurn, weight: () => MessageWeight | undefined): void {
    this.#isWatched = true;
    this.#turn = turn;
    this.#weight = weight;
  }

  differs(): void {
    this.#differs = true;
  }

  onNone(): void {
    void this.#conclude(undefined);
  }

  onAnswer(answer: ChatResult): Promise<Writing | undefined> | Writing | undefined {
    const outcome = this.#turn?.ended?.();
    return outcome === undefined ? this.#conclude(answer) : this.#settle(answer, outcome);
  }

  async #conclude(answer: ChatResult | undefined): Promise<Writing | undefined> {
    return this.#settle(answer, await this.#turn?.outcome?.());
  }

  #settle(answer: ChatResult | undefined, outcome: SessionOutcome | undefined): Writing | undefined {
    const { session, discard } = this.#parts;
    const { sessionId = '', reusable = false, instance } = outcome ?? {};
    // The turn's own once it has begun; of a pool only where it runs on the session's instance.
    const isUnused = !this.#isWatched || (session?.instance !== undefined && !isWhereItRan(session, outcome));
    if (session !== undefined && isUnused) discard(session.id, session.instance);
    if (!reusable || sessionId === '') return undefined;
    const key =
      answer && !this.#differs && isWhole(answer, outcome?.text ?? '') ? this.#parts.keyOf(answer) : undefined;
    if (key === undefined) {
      discard(sessionId, instance);
      return undefined;
    }
    const generation = outcome?.generation ?? this.#parts.generation;
    const weight = this.#weight?.();
    this.#parts.keepHistory();
    const conversation: { -readonly [Name in keyof Conversation]: Conversation[Name] } = { sessionId, generation };
    if (instance !== undefined) conversation.instance = instance;
    if (weight !== undefined) conversation.weight = weight;
    return this.#write(key, conversation);
  }

  #write(key: string, conversation: Conversation): Writing | undefined {
    const { discard, store, logger } = this.#parts;
    const onFailure = (error: unknown): void => {
      logger.warn('The store of conversations cannot be written', { error });
      discard(conversation.sessionId, conversation.instance);
    };
    try {
      const writing = store.put(key, conversation);
      return writing === undefined ? undefined : { written: Promise.resolve(writing).catch(onFailure) };
    } catch (error) {
      onFailure(error);
      return undefined;
    }
  }
}

const isWhereItRan = (session: ConversationSession, outcome: SessionOutcome | undefined): boolean =>
  outcome?.instance === session.instance && outcome?.generation === session.generation;

/** The caller got what Lingma remembers: nothing was cut, put right or left out on the way. */
function isWhole({ content, finishReason, stopSequence }: ChatResult, upstream: string): boolean {
  if (stopSequence !== undefined || (finishReason !== 'stop' && finishReason !== 'tool-calls')) return false;
  const [only] = content;
  if (content.length === 1 && only?.type === 'text') return only.text.trim() === upstream.trim();
  const texts = content.flatMap((block) => (block.type === 'text' ? [block.text.trim()] : []));
  if (!content.some(({ type }) => type === 'tool-call')) {
    return (
      content
        .map((block) => (block.type === 'text' ? block.text : ''))
        .join('')
        .trim() === upstream.trim()
    );
  }
  // Calls stand between the texts, in whichever form the model writes them.
  let from = 0;
  for (const text of texts) {
    const at = upstream.indexOf(text, from);
    if (at === -1) return false;
    from = at + text.length;
  }
  return true;
}
