/**
 * A failure that a standard agent only remarks on (`_meta.codex.error`): it then tries again, or says the failure as its
 * answer's text and reports a normal end. So the text that follows is held back until it is plainly something else.
 */
import type { GatewayError } from '../../../chat/index.js';
import { isJsonObject, type JsonValue } from '../../../util/index.js';
import { classifyFailure } from '../../protocol/errors.js';
import { readFailure } from '../../protocol/failure-detail.js';
import { failureToldIn, mayBeFailure } from './failure-as-text.js';

/** Characters that are held at most, for the words of the failure to show up in them, and as many of what was shown. */
const MAX_HELD = 1200;
/** What an agent may put around those words. */
const AROUND = 300;

export class AgentError {
  /** A failure was remarked on that may yet turn out to be the end. A field: each piece of the answer asks for it. */
  isPending = false;
  #error: GatewayError | undefined;
  /** The agent does not try again. */
  #lasting = false;
  /** What the agent said of the failure; any of it may be the answer's text. */
  #words: readonly string[] = [];
  #held = '';
  /** The answer has only begun: it may be a failure that is told as text. */
  #opening: boolean;

  /**
   * @param watchOpening of a standard agent; Lingma has words of its own for what goes wrong
   * @param onRetry it said that it tries again
   */
  constructor(
    watchOpening = false,
    private readonly onRetry?: () => void,
  ) {
    this.#opening = watchOpening;
    this.isPending = watchOpening;
  }

  /** Any `_meta` of the turn. */
  see(meta: JsonValue | undefined): void {
    const vendor = isJsonObject(meta) ? meta.codex : undefined;
    if (!isJsonObject(vendor)) return;
    if (isJsonObject(vendor.threadStatus) && vendor.threadStatus.type === 'systemError') {
      this.#lasting = this.#error !== undefined;
    }
    const remark = vendor.error;
    if (typeof remark !== 'string' && !isJsonObject(remark)) return;
    const classified = classifyFailure({ text: '', data: remark });
    if (classified === 'content-filter') return;
    this.#error = classified;
    this.isPending = true;
    this.#lasting = isJsonObject(remark) && remark.willRetry === false;
    if (isJsonObject(remark) && remark.willRetry === true) this.onRetry?.();
    this.#words = readFailure(remark)
      .text.split('\n')
      .map((line) => line.trim())
      .filter((line) => line.length > 8 && line.length <= MAX_HELD - AROUND);
  }

  /** The text that may be shown now. */
  text(delta: string): string {
    if (!this.isPending) return delta;
    this.#held += delta;
    if (this.#opening && !mayBeFailure(this.#held)) {
      this.#opening = false;
      if (this.#error === undefined) return this.progress();
    }
    if (this.#opening && this.#error === undefined) return this.#held.length > MAX_HELD ? this.progress() : '';
    const longest = Math.max(0, ...this.#words.map(({ length }) => length));
    return this.#held.length > longest + AROUND ? this.progress() : '';
  }

  /** The agent goes on with its work: what was held is part of the answer. */
  progress(): string {
    const held = this.#held;
    // Thoughts and calls come before an answer that only begins after them.
    if (this.#opening && held === '' && this.#error === undefined) return '';
    this.#held = '';
    this.#error = undefined;
    this.#opening = false;
    this.isPending = false;
    return held;
  }

  /** At a normal end: the failure that it hides, or the text that was held and is none. `shown`: the answer so far. */
  end(shown: string): { readonly error: GatewayError } | { readonly text: string } {
    const error = this.#error;
    const told = this.#opening && shown === '' ? failureToldIn(this.#held) : undefined;
    if (told !== undefined) return { error: error ?? told };
    const said = this.#held.trim() || shown.slice(-MAX_HELD).trim();
    if (error !== undefined && (this.#lasting || this.#isToldIn(said))) {
      return { error };
    }
    return { text: this.progress() };
  }

  #isToldIn(text: string): boolean {
    return text === '' || this.#words.some((words) => text.includes(words));
  }
}
