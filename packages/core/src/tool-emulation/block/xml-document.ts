/**
 * XML that an answer shows: a build file, a manifest, a service description. Elements in it may be called like those of
 * calls (`<tool name=…>`, `<invoke …>`, `<function …>`), and yet nobody calls anything.
 */

/** What a root is told by: a prolog, a name space, or a name that is one's own. */
const PROLOG = /<(?:\?xml\b|!doctype\b)/iy;
const MAYBE_PROLOG = /^<(?:[?!]\w{0,7})?$/;
const ROOT = /<([A-Za-z_][\w:.-]{0,80})((?:\s[^<>]*)?)>/y;
const MAYBE_ROOT = /^<[A-Za-z_][\w:.-]{0,80}(?:\s[^<>]*)?$/;
const NAME_SPACE = /\sxmlns\b/;
const ROOTS =
  /^(?:\w+:)?(?:project|manifest|definitions|envelope|beans|resources|schema|html|svg|rss|feed|plist|web-app|wadl|application|resource-?sets?|testsuites?|configuration|settings|ruleset|module|suppressions|cruisecontrol|catalog|package|services?)$/i;
/** Never closed in HTML. */
const VOID = /^(?:area|base|br|col|embed|hr|img|input|link|meta|source|track|wbr)$/i;
/** No XML: a call for certain. */
const NO_XML = /<[\w:]+\s*=/y;
/** Longer tags are none that we wait for. */
const MAX_TAG = 256;

export class XmlDocument {
  #closer: string | undefined;
  /** Told by the root itself; else only what is indented belongs to it. */
  #isSure = false;
  #hasProlog = false;

  /** A line begins at `at`, behind its blanks. `more`: the text ends before it is clear what. `isCallTag`: of a call's own element. */
  line(
    text: string,
    at: number,
    isIndented: boolean,
    isFinal: boolean,
    isCallTag: (word: string) => boolean,
  ): 'more' | undefined {
    if (text[at] !== '<') {
      if (!isIndented && !this.#isSure) this.#closer = undefined;
      return undefined;
    }
    if (this.#closer !== undefined) return undefined;
    PROLOG.lastIndex = at;
    if (PROLOG.test(text)) {
      this.#hasProlog = true;
      return undefined;
    }
    const head = text.slice(at, at + MAX_TAG);
    const isShort = !isFinal && head.length < MAX_TAG;
    if (isShort && MAYBE_PROLOG.test(head)) return 'more';
    ROOT.lastIndex = at;
    const root = ROOT.exec(text);
    if (root === null || root[0].length > MAX_TAG) {
      const name = /^<([\w:.-]+)\s/.exec(head)?.[1];
      return isShort && MAYBE_ROOT.test(head) && (name === undefined || !isCallTag(name)) ? 'more' : undefined;
    }
    const [tag, name = '', attributes = ''] = root;
    if (tag.endsWith('/>') || VOID.test(name)) return undefined;
    const isSure = this.#hasProlog || NAME_SPACE.test(attributes) || ROOTS.test(name);
    if (!isSure) {
      const end = at + tag.length;
      if (isCallTag(name)) return undefined;
      if (end === text.length && !isFinal) return 'more';
      if (!/[\r\n]/.test(text[end] ?? '\n')) return undefined;
    }
    this.#isSure = isSure;
    this.#hasProlog = false;
    this.#closer = `</${name}>`;
    return undefined;
  }

  /** Whether the tag at `at` belongs to the document. `more`: the text ends before that is clear. */
  holds(text: string, at: number, isIndented: boolean, isFinal: boolean): boolean | 'more' {
    const closer = this.#closer;
    if (closer === undefined) return false;
    if (text.startsWith(closer, at)) {
      this.leave();
      return true;
    }
    const head = text.slice(at, at + MAX_TAG);
    if (!isFinal && head.length < closer.length && closer.startsWith(head)) return 'more';
    if (!/^<[/A-Za-z_?!]/.test(head)) return !isFinal && head === '<' ? 'more' : false;
    if (!isFinal && /^<[\w:]*\s*$/.test(head) && head.length < MAX_TAG) return 'more';
    NO_XML.lastIndex = at;
    return !NO_XML.test(text) && (this.#isSure || isIndented);
  }

  /** What comes now is none of it. */
  leave(): void {
    this.#closer = undefined;
    this.#isSure = false;
    this.#hasProlog = false;
  }
}
