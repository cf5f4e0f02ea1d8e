/** The port by which whoever composes the gateway hands in where the program of managed processes comes from. */
import type { BinaryPort } from '../../lingma/index.js';
import type { JsonObject } from '../../util/index.js';

/** A {@link BinaryPort} that may have to fetch the program, and tells how far it is. */
export interface ProgramSource extends BinaryPort {
  isBootstrapping(): boolean;
  /** For the operator's routes. `undefined`: nothing was to be fetched. */
  describe(): JsonObject | undefined;
}
