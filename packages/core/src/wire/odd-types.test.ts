import { describe, expect, it } from 'vitest';
import { GatewayError, toGatewayError } from '../chat/index.js';
import type { JsonObject } from '../util/index.js';
import type { ProtocolName } from './protocol.js';
import { protocols } from './protocols.js';
import { changedBodies, FULL_BODIES, ODD_VALUES, TRAPS } from './testing/full-bodies.js';

const NAMES = Object.keys(protocols) as ProtocolName[];

/** What the parser threw, unless it is an answer that the client is to blame for. */
function faultOf(route: ProtocolName, body: JsonObject): unknown {
  try {
    protocols[route].parseRequest(body);
    return undefined;
  } catch (thrown) {
    return GatewayError.isInstance(thrown) && thrown.status < 500 ? undefined : thrown;
  }
}

describe('any JSON type at any place of a body - is read or refused, and never a failure of ours', () => {
  it.each(NAMES.flatMap((route) => NAMES.map((spelling) => [route, spelling] as const)))(
    '%s with a body of %s',
    (route, spelling) => {
      const faults: string[] = [];
      for (const { path, body } of changedBodies(
        FULL_BODIES[spelling],
        route === spelling ? ODD_VALUES : TRAPS.slice(0, 2),
      )) {
        const fault = faultOf(route, body);
        if (fault !== undefined) faults.push(`${path}: ${String(toGatewayError(fault).cause)}`);
      }
      expect(faults).toEqual([]);
    },
    // Tens of thousands of bodies.
    120_000,
  );

  it.each(NAMES)('%s: the body that is changed is a good one', (route) => {
    const { messages, tools } = protocols[route].parseRequest(FULL_BODIES[route]).chat;
    expect([messages.length, tools.length].every((count) => count > 0)).toBe(true);
  });

  it.each(NAMES)('%s: what is no object', (route) => {
    for (const body of [null, 5, 'x', [], [[]], true] as const) {
      expect(() => protocols[route].parseRequest(body)).toThrow(expect.objectContaining({ code: 'invalid_request' }));
    }
  });
});
