import type { Socket } from 'node:net';
import type { WebSocket } from 'ws';
import type { Dispatch } from '../methods/dispatch.js';
import type { Lingma } from '../process/process-state.js';
import { type ByteSink, streamSink, webSocketSink } from './byte-sink.js';
import { ClientConnection } from './client-connection.js';
import { createFrameFragmenter } from './frame-fragmenter.js';
import { FrameDecoder } from './framing.js';

/** Where connections of all transports become clients, and end. */
export interface ConnectionRegistry {
  readonly admits: () => boolean;
  readonly refuse: (reason: string) => void;
  /** `wire`: what carries the WebSocket. */
  readonly addWebSocket: (socket: WebSocket, wire: Socket) => void;
  readonly addStream: (socket: Socket) => void;
  /** Ends all connections and their turns and admits no more; resolves when the last one is gone. */
  empty(hard: boolean): Promise<void>;
}

const CLOSE_GRACE_MS = 500;

export function createConnectionRegistry(lingma: Lingma, dispatch: Dispatch): ConnectionRegistry {
  const { recorder, switches, clients, log } = lingma;
  const sockets = new Map<ClientConnection, () => void>();
  let lastClientId = 0;
  let emptied: (() => void) | undefined;
  let closing = false;

  const admits = (): boolean => !closing && (switches.maxClients === 0 || clients.size < switches.maxClients);
  const refuse = (reason: string): void => {
    recorder.stats.connectionsRefused += 1;
    log(`connection refused: ${reason}`);
  };

  /** Whatever a client sends, it is that message's fault and not the process's end. */
  const dispatchSafely = (client: ClientConnection, body: string): void => {
    try {
      dispatch(client, body);
    } catch (cause) {
      log(`message dropped: ${cause instanceof Error ? cause.message : 'unknown'}`);
      recorder.addProtocolError('message cannot be handled');
    }
  };

  const add = (sink: ByteSink, destroy: () => void): { receive: (bytes: Buffer) => void; gone: () => void } => {
    lastClientId += 1;
    const client = new ClientConnection({
      id: lastClientId,
      sink,
      shaper: createFrameFragmenter(switches.frames, (message) => sink.write(message)),
      frameStyle: switches,
      eventReplyTimeoutMs: switches.eventReplyTimeoutMs,
      onTimeout: (method, id) =>
        log(`|Outbound| request ${id} ${method} failed: no response from client, timeout reached`),
      onSent: () => {
        recorder.stats.requestsSent += 1;
      },
      onAnswered: () => {
        recorder.stats.requestsAnswered += 1;
      },
      onUnanswered: (count) => {
        recorder.stats.unansweredRequests += count;
      },
    });
    clients.add(client);
    sockets.set(client, destroy);
    recorder.stats.connectionsTotal += 1;
    recorder.stats.connectionsOpen = clients.size;
    log(`active client count now ${clients.size}`);
    if (switches.extensionRegister === 'notification') client.notify('extension/register', {});
    else if (switches.extensionRegister === 'request') client.event('extension/register', {});

    const decoder = new FrameDecoder();
    return {
      receive(bytes) {
        for (const event of decoder.push(bytes)) {
          if (event.kind === 'body') dispatchSafely(client, event.body);
          else if (event.kind === 'unknown-header') {
            log('Unknown message header');
            recorder.addProtocolError('Unknown message header');
          } else {
            log(`message too large: ${event.bytes}`);
            recorder.addProtocolError('message too large');
            client.close();
          }
        }
      },
      gone() {
        client.markClosed();
        if (!clients.delete(client)) return;
        sockets.delete(client);
        recorder.stats.connectionsOpen = clients.size;
        log(`active client count now ${clients.size}`);
        for (const turn of lingma.turns.values()) if (turn.client === client) turn.abandon();
        if (clients.size === 0) emptied?.();
      },
    };
  };

  return {
    admits,
    refuse,
    addWebSocket(socket, wire) {
      const binary = switches.messageType === 'binary' || switches.frames === 'split';
      const ends = add(webSocketSink(socket, wire, { binary }), () => socket.terminate());
      socket.on('message', (data: Buffer) => ends.receive(data));
      socket.on('error', () => socket.terminate());
      socket.on('close', ends.gone);
    },
    addStream(socket) {
      if (!admits()) {
        refuse('too many clients');
        socket.destroy();
        return;
      }
      const ends = add(streamSink(socket), () => socket.destroy());
      socket.on('data', (bytes: Buffer) => ends.receive(bytes));
      socket.on('error', () => socket.destroy());
      socket.on('close', ends.gone);
    },
    async empty(hard) {
      closing = true;
      for (const turn of lingma.turns.values()) turn.abandon();
      if (clients.size === 0) return;
      const done = new Promise<void>((resolve) => {
        emptied = resolve;
      });
      if (hard) for (const destroy of [...sockets.values()]) destroy();
      else for (const client of clients) client.close();
      const grace = setTimeout(() => {
        for (const destroy of [...sockets.values()]) destroy();
      }, CLOSE_GRACE_MS);
      await done;
      clearTimeout(grace);
    },
  };
}
