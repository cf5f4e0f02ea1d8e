/** Who watches requests, besides the log. */
import type { RepeatReason } from '../../chat/index.js';
import type { FinishedRequest } from './finished-request.js';

export interface RequestObserver {
  /** Whether bodies and answers are wanted. */
  readonly keepsBodies: boolean;
  /** Of the moment a request comes in; given back with it at its end. */
  parentContext?(): unknown;
  repeated(reason: RepeatReason): void;
  finished(request: FinishedRequest): void;
}
