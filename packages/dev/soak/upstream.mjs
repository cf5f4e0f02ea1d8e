/** The Lingmas behind the gateway, as their own folders and sockets tell of them. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { WebSocket } from 'ws';

/** Folder by folder; those whose process is not up are left out. */
export function processesIn(poolDir) {
  if (!existsSync(poolDir)) return [];
  return readdirSync(poolDir).flatMap((name) => {
    const folder = join(poolDir, name);
    try {
      const { pid, websocketPort } = JSON.parse(readFileSync(join(folder, '.info.json'), 'utf8'));
      return [{ pid, port: websocketPort }];
    } catch {
      return [];
    }
  });
}

/** Sessions that a process has stored. */
async function sessionsOf({ port }) {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/`);
  const waiting = new Map();
  let unread = Buffer.alloc(0);
  socket.on('message', (data) => {
    unread = Buffer.concat([unread, data]);
    for (;;) {
      const headEnd = unread.indexOf('\r\n\r\n');
      const length = /content-length: (\d+)/i.exec(unread.toString('latin1', 0, Math.max(headEnd, 0)))?.[1];
      if (length === undefined || unread.length < headEnd + 4 + Number(length)) return;
      const message = JSON.parse(unread.toString('utf8', headEnd + 4, headEnd + 4 + Number(length)));
      unread = unread.subarray(headEnd + 4 + Number(length));
      waiting.get(message.id)?.(message.result);
    }
  });
  const call = (id, method) =>
    new Promise((resolve) => {
      waiting.set(id, resolve);
      const body = JSON.stringify({ jsonrpc: '2.0', id, method, params: {} });
      socket.send(`Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
    });
  await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
  await call(1, 'initialize');
  const result = await call(2, 'chat/listAllSessions');
  socket.close();
  return result;
}

/** All of them together. */
export async function countSessions(poolDir) {
  const lists = await Promise.all(processesIn(poolDir).map((one) => sessionsOf(one).catch(() => undefined)));
  return lists.reduce((sum, list) => sum + lengthOf(list), 0);
}

const lengthOf = (list) => {
  if (Array.isArray(list)) return list.length;
  return Object.values(list ?? {}).find(Array.isArray)?.length ?? 0;
};
