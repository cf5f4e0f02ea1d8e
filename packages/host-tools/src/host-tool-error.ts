/** A failure of a host tool in words for the model. */
import type { JsonObject } from '@lingma-gateway/core';

/** What the tool found out before it failed goes with it. */
export class HostToolError extends Error {
  override readonly name = 'HostToolError';
  constructor(
    message: string,
    readonly result: JsonObject = {},
  ) {
    super(message);
  }
}
