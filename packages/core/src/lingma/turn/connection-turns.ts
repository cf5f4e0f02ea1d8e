/** What the turns of one connection share: made with the first of them, gone with the connection. */
import type { JsonRpcPeer } from '../jsonrpc/peer.js';
import { type NativeToolOwner, watchNativeTools } from './native-tools/native-tool-guard.js';
import { type RoutedTurn, TurnRouter } from './turn-router.js';

type ConnectedTurn = RoutedTurn & NativeToolOwner;

const routers = new WeakMap<JsonRpcPeer, TurnRouter<ConnectedTurn>>();

/** The router of a connection; requests about the process's own tools are answered from then on. */
export function turnRouter(peer: JsonRpcPeer): TurnRouter<ConnectedTurn> {
  let router = routers.get(peer);
  if (router === undefined) {
    router = new TurnRouter(peer);
    watchNativeTools(peer, router);
    routers.set(peer, router);
  }
  return router;
}
