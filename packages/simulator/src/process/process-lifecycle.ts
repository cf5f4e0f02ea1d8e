import { randomBytes } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { Server as StreamServer } from 'node:net';
import { tmpdir } from 'node:os';
import { createConnectionRegistry } from '../connection/connection-registry.js';
import { ipcPath } from '../connection/ipc-path.js';
import { closeServer, listenOnPath, listenOnPort } from '../connection/listen.js';
import { createWebSocketServer } from '../connection/websocket-server.js';
import { serveAuthPages } from '../login/auth-pages.js';
import { createDispatch } from '../methods/dispatch.js';
import type { SimulatorAddress } from '../options.js';
import type { Lingma } from './process-state.js';

/** One run of the process, from its start to its end. */
export interface ProcessLifecycle {
  readonly address: SimulatorAddress;
  /** Regular end: clients are told, the discovery files go. */
  end(): Promise<void>;
  /** End like a crash: everything open is cut, nothing is cleaned up. */
  crash(): Promise<void>;
}

/** A pid no process has, for a stale discovery file. */
const DEAD_PID = 99_999_999;

/** Opens the listeners and writes the discovery files. */
export async function startProcess(
  lingma: Lingma,
  options: { readonly port: number; readonly httpPort: number; readonly socketPath: string | undefined },
): Promise<ProcessLifecycle> {
  const { switches, workDir, log } = lingma;
  if (lingma.login.user() === undefined) log('cached login state is not valid');
  const registry = createConnectionRegistry(lingma, createDispatch(lingma));
  // QoderCN keeps the file whether or not it asks for what is in it.
  const machineToken = switches.machineToken || switches.wsRoot ? workDir.machineToken() : undefined;
  const { server: webSocket, closeOthers } = createWebSocketServer({
    paths: [switches.wsPath, ...(switches.wsRoot && !switches.machineToken ? ['/'] : [])],
    machineToken: switches.machineToken ? machineToken : undefined,
    admits: registry.admits,
    onRefused: registry.refuse,
    onClient: registry.addWebSocket,
    upgrade: () => switches.upgrade,
  });
  const http = createServer((request, response) => serveAuthPages(lingma, request, response));
  const opened: (Server | StreamServer)[] = [];
  let infoTimer: NodeJS.Timeout | undefined;
  try {
    const webSocketPort = await listenOnPort(webSocket, options.port);
    opened.push(webSocket);
    const httpPort = await listenOnPort(http, options.httpPort);
    opened.push(http);
    lingma.ports.http = httpPort;
    const suffix = randomBytes(3).toString('hex');
    const facts = {
      platform: process.platform,
      workDir: workDir.path,
      tempDir: tmpdir(),
      product: switches.serverName,
    };
    const socketPath = options.socketPath ?? ipcPath({ ...facts, suffix });
    opened.push(await listenOnPath(socketPath, registry.addStream));

    // A listener that cannot take a connection, such as for want of descriptors, takes the next one.
    for (const server of opened) server.on('error', (cause) => log(`accept failed: ${cause.message}`));
    infoTimer = publish(lingma, webSocketPort, socketPath);
    logReady(lingma, webSocketPort, httpPort, socketPath);
    const address: SimulatorAddress = {
      webSocketUrl: `ws://127.0.0.1:${webSocketPort}${switches.wsPath}`,
      ...{ webSocketPort, socketPath, httpPort, workDir: workDir.path },
    };
    const shut = async (hard: boolean): Promise<void> => {
      clearTimeout(infoTimer);
      // Listeners first: a client that comes back at once must not keep the end from coming.
      const closed = opened.map(closeServer);
      await registry.empty(hard);
      http.closeAllConnections();
      closeOthers();
      await Promise.all(closed);
    };
    return {
      address,
      async end() {
        log('MCP server stopped');
        log('Module extension stopped successfully');
        await shut(false);
        workDir.removeDiscovery();
      },
      crash: () => shut(true),
    };
  } catch (cause) {
    await Promise.all(opened.map(closeServer));
    throw cause;
  }
}

/** Writes `.info.json` and `.info` as the `infoFile` switch says. */
function publish(lingma: Lingma, websocketPort: number, ipcServerPath: string): NodeJS.Timeout | undefined {
  const { switches, workDir } = lingma;
  const write = (): void => workDir.writeDiscovery({ websocketPort, pid: process.pid, ipcServerPath });
  switch (switches.infoFile) {
    case 'normal':
      write();
      return undefined;
    case 'late':
      return setTimeout(write, switches.infoDelayMs);
    case 'stale':
      workDir.writeDiscovery({ websocketPort: 1, pid: DEAD_PID, ipcServerPath: `${ipcServerPath}.gone` });
      return undefined;
    case 'none':
      return undefined;
  }
}

/** The start-up lines as captured (protocol sections 1.2 and 1.5). */
function logReady({ switches, log }: Lingma, webSocketPort: number, httpPort: number, socketPath: string): void {
  log(`Using http server: ${httpPort}`);
  log('failed to get port for profile server, skip it');
  if (switches.extensionRuntime === 'ok') log('Module extension started successfully');
  else log('extension main js path not found');
  log('broadcast(call) method: extension/register, 0 clients, 0 success, 0 failed');
  log('ExtensionApi executor not inited.');
  log(`Communication servers ready - WebSocket: ${webSocketPort}, HTTP: ${httpPort}, IPC: ${socketPath}`);
}
