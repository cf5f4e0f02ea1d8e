/** Reads what a process says of itself: `.info.json` and the older `.info` (protocol section 1.7). */
import { isJsonObject, type JsonValue } from '../../util/index.js';

export interface InfoFile {
  /** Undefined: no WebSocket. */
  readonly websocketPort: number | undefined;
  readonly pid: number | undefined;
  /** Undefined: no pipe or socket. */
  readonly ipcServerPath: string | undefined;
}

/** `undefined` when the text is neither form, or tells no address at all. */
export function parseInfoFile(text: string): InfoFile | undefined {
  const content = text.replace(/^\uFEFF/, '').trim();
  const info = content.startsWith('{') ? parseJsonForm(content) : parseLineForm(content);
  return info?.websocketPort === undefined && info?.ipcServerPath === undefined ? undefined : info;
}

function parseJsonForm(content: string): InfoFile | undefined {
  let value: JsonValue;
  try {
    value = JSON.parse(content) as JsonValue;
  } catch {
    return undefined; // Caught half written, or damaged: no discovery file either way.
  }
  if (!isJsonObject(value)) return undefined;
  const path = value.ipcServerPath;
  return {
    websocketPort: toPort(value.websocketPort),
    pid: toPid(value.pid),
    ipcServerPath: typeof path === 'string' && path.trim() !== '' ? path.trim() : undefined,
  };
}

/** Port, pid, ipc path: one a line, the last two optional. */
function parseLineForm(content: string): InfoFile | undefined {
  const [port = '', pid, path] = content.split('\n').map((line) => line.trim());
  if (!/^\d{1,5}$/.test(port)) return undefined;
  return { websocketPort: toPort(port), pid: toPid(pid), ipcServerPath: path === '' ? undefined : path };
}

function toPort(value: JsonValue | undefined): number | undefined {
  const port = toWhole(value);
  return port !== undefined && port <= 65_535 ? port : undefined;
}

function toPid(value: JsonValue | undefined): number | undefined {
  return toWhole(value);
}

/** A whole number above zero; some writers quote it. */
function toWhole(value: JsonValue | undefined): number | undefined {
  const number = typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value;
  return typeof number === 'number' && Number.isSafeInteger(number) && number > 0 ? number : undefined;
}
