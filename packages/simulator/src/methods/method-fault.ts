import type { ClientConnection } from '../connection/client-connection.js';
import { RPC_CODE, type RpcId } from '../connection/rpc.js';
import type { Lingma } from '../process/process-state.js';

/** What the `methodFaults` switch says of a method; undefined: nothing that is known. */
export function methodFault(faults: string, method: string): string | undefined {
  for (const entry of faults.split(',')) {
    const [name, fault] = entry.split('=');
    if (name?.trim() === method) return fault?.trim();
  }
  return undefined;
}

/** Lets a call fail as the `methodFaults` switch says. True when it has been dealt with. */
export function strikeMethod(
  { switches, recorder }: Lingma,
  client: ClientConnection,
  method: string,
  id: RpcId | undefined,
): boolean {
  const fault = methodFault(switches.methodFaults, method);
  if (fault === undefined) return false;
  recorder.countFault(`${method}=${fault}`);
  switch (fault) {
    case 'silent':
      return true;
    case 'error':
      if (id !== undefined) client.fail(id, RPC_CODE.internal, 'error');
      return true;
    case 'null':
      // It was heard, whatever the answer says of it.
      if (method === 'initialize') client.initialized = true;
      if (id !== undefined) client.reply(id, null);
      return true;
    case 'drop':
      client.cut(switches.cut === 'mid-frame');
      return true;
    case 'twice':
      // The real answer follows.
      if (id !== undefined) setImmediate(() => client.reply(id, {}));
      return false;
    default:
      return false;
  }
}
