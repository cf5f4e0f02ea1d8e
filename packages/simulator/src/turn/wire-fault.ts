/** What a broken process, or what stands between it and its client, may do in the middle of an answer. */
export const WIRE_FAULTS = {
  reset: 'the connection is reset',
  close: 'the connection is closed in the regular way',
  'half-close': 'the process ends its side of the connection alone',
  stall: 'nothing more comes, the connection stays',
  garbage: 'bytes that are no frame',
  'bad-websocket-frame': 'a WebSocket frame with reserved bits; garbage on a socket',
  'endless-header': 'a header that never ends',
  'truncated-frame': 'the first half of a frame, then the next one',
  'length-too-long': 'a Content-Length beyond the message',
  'length-too-short': 'a Content-Length within the message',
  'length-huge': 'a Content-Length of 100 GB',
  'length-negative': 'a Content-Length below zero',
  'giant-frame': 'a message of 65 MiB',
  'giant-delta': 'a delta of 4 MiB',
  'broken-json': 'a frame that holds no JSON',
  'not-an-object': 'JSON that is no object',
  'invalid-utf8': 'a message with bytes that are no UTF-8',
  'deep-json': 'a message nested 100,000 deep',
  'wrong-types': 'events whose members have the wrong type',
  'foreign-events': 'events and ends of turns that nobody asked for',
  'unknown-replies': 'answers to requests that nobody made',
  'unknown-request': 'a request that nobody knows',
  flood: '5,000 log messages at once',
} as const;

/** What may be wrong with the end of an answer that was whole. */
export const END_FAULTS = {
  'no-finish': 'the end never comes',
  'duplicate-finish': 'the end comes twice',
  'late-delta': 'text after the end',
  'error-after-finish': 'a failure after the end',
} as const;

/** A fault in the middle. */
export type WireFault = keyof typeof WIRE_FAULTS;
/** A fault of the end. */
export type EndFault = keyof typeof END_FAULTS;

export const isWireFault = (name: unknown): name is WireFault =>
  typeof name === 'string' && Object.hasOwn(WIRE_FAULTS, name);
export const isEndFault = (name: unknown): name is EndFault =>
  typeof name === 'string' && Object.hasOwn(END_FAULTS, name);
