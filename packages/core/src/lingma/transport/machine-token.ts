/** The token that the QoderCN line asks for in the WebSocket handshake (protocol sections 1.6 and 2.1). */
import { isJsonObject, Secret } from '../../util/index.js';

/** Reads a text file; `undefined` when there is none. May reject. */
export type ReadTextFile = (path: string) => Promise<string | undefined>;

/** The token in `<workDir>/cache/machine_token.json`; `undefined` when there is none that a header could carry. */
export async function readMachineToken(workDir: string, readFile: ReadTextFile): Promise<Secret | undefined> {
  const separator = workDir.includes('\\') ? '\\' : '/';
  const path = [workDir.replace(/[\\/]+$/, ''), 'cache', 'machine_token.json'].join(separator);
  try {
    const content: unknown = JSON.parse((await readFile(path)) ?? 'null');
    const token = isJsonObject(content) && typeof content.token === 'string' ? content.token.trim() : '';
    return /^[\x21-\x7e]+$/.test(token) ? new Secret(token) : undefined;
  } catch {
    // Absent, unreadable or damaged: the handshake is tried without it, and its refusal says what to do.
    return undefined;
  }
}
