export { abortable, linkedController } from './abort.js';
export { assertNever } from './assert-never.js';
export { type Clock, Deadline, sleep, systemClock } from './clock.js';
export { DEFAULT_LIMITS, MAX_TIMER_MS } from './default-limits.js';
export { createId } from './id.js';
export { isJsonObject, JsonLimitError, type JsonObject, type JsonValue, parseJson } from './json.js';
export { type LogFields, type Logger, type LogLevel, silentLogger } from './logger.js';
export { Secret } from './secret.js';
