/** What a host tool is: parameters in, a result object out. */
import type { Clock, JsonObject } from '@lingma-gateway/core';
import type { Terminals } from './terminals.js';
import type { Workspace } from './workspace.js';

/** What one turn gives its tools. */
export interface HostToolScope {
  readonly workspace: Workspace;
  readonly terminals: Terminals;
  readonly clock: Clock;
  /** Aborts when the turn is over: nothing may be changed on the host after that. */
  readonly signal: AbortSignal;
  readonly toolCallId: string;
}

/** @returns the `result` of protocol section 9.2 @throws HostToolError what the model is to read */
export type HostTool = (parameters: JsonObject, scope: HostToolScope) => Promise<JsonObject>;
