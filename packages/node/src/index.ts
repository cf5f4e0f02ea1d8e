export {
  type ConnectionLimits,
  connectionLimits,
  limitConnections,
  type RefuseExcess,
} from './limit-connections.js';
export { refuseBrokenRequests } from './refuse-broken-requests.js';
export { type SendWebResponseOptions, sendWebResponse } from './send-web-response.js';
export { serveHalfClosed } from './serve-half-closed.js';
export {
  type FetchHandler,
  type NodeHandler,
  type NodeHandlerOptions,
  type RequestInfo,
  toNodeHandler,
} from './to-node-handler.js';
export { type ToWebRequestOptions, toWebRequest } from './to-web-request.js';
