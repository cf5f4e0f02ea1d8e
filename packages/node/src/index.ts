export { checkGateway, checkOptions, type OptionKind } from './check-options.js';
export { requestIdOf } from './connect-request.js';
export type { HandedRequest } from './handed-request.js';
export {
  type ConnectionLimits,
  connectionLimits,
  limitConnections,
  type RefuseExcess,
} from './limit-connections.js';
export { pathnameOf, targetBelowSegments } from './mount-path.js';
export {
  type NodeResponder,
  type NodeResponderOptions,
  type NodeResponse,
  toNodeResponder,
} from './node-responder.js';
export { refuseBrokenRequests } from './refuse-broken-requests.js';
export type { RequestInfo } from './request-info.js';
export { type SendWebResponseOptions, sendWebResponse } from './send-web-response.js';
export { serveHalfClosed } from './serve-half-closed.js';
export {
  type FetchHandler,
  type NodeHandler,
  type NodeHandlerOptions,
  toNodeHandler,
} from './to-node-handler.js';
export { type ToWebRequestOptions, toWebRequest } from './to-web-request.js';
