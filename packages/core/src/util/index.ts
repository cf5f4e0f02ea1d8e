export { abortable, linkedController } from './abort.js';
export { type CancelSource, createCancelSource } from './cancel.js';
export { canonicalJson } from './canonical-json.js';
export {
  CLOCK_RULE,
  checkOptions,
  LOGGER_RULE,
  listOf,
  type OptionRule,
  type OptionRules,
  withMethods,
} from './check-options.js';
export { type Clock, Deadline, monotonicNow, sleep, systemClock } from './clock.js';
export { parseDataUrl } from './data-url.js';
export { DEFAULT_LIMITS, MAX_TIMER_MS } from './default-limits.js';
export { EventListeners } from './event-listeners.js';
export { isNumber, toNumber, toPlainNumber } from './exact-number.js';
export { ExpirySweep } from './expiry-sweep.js';
export { findFormField, formBoundary, isForm, setFormField } from './form-field.js';
export { createId } from './id.js';
export {
  isDeeperThan,
  isJsonObject,
  JsonLimitError,
  type JsonObject,
  type JsonValue,
  MAX_VALUES,
  parseExactJson,
  parseJson,
  stringifyJson,
} from './json.js';
export { cutDepth } from './json-depth.js';
export { applyEdits, findMembers, type MemberSpan, type TextEdit, withoutMember } from './json-members.js';
export { loadOnce } from './load-once.js';
export { type LogFields, type Logger, type LogLevel, silentLogger } from './logger.js';
export { isLoopbackAddress, isLoopbackHost } from './loopback.js';
export { nearestName } from './nearest-name.js';
export { hasOutsideText, OutsideTextError } from './outside-text.js';
export { isDisguised, plainLine, QUOTE_MARK, quoteLines, splitLines, toOneLine } from './quote-lines.js';
export { hidesValue, isSecretName, REDACTED, redactText, redactValue, shownUrl } from './redact.js';
export { isSameJson } from './same-json.js';
export { Secret } from './secret.js';
export { isWithin, parseSubnet, type Subnet } from './subnet.js';
export { SurrogateBuffer } from './surrogate-buffer.js';
export { UnorderedSet } from './unordered-set.js';
export { matcherOf } from './wildcard.js';
export type { Writable } from './writable.js';
