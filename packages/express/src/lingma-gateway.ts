/** The gateway as a middleware of Express 4 and 5, and of whatever calls `(request, response, next)`. */
import {
  checkGateway,
  checkOptions,
  type FetchHandler,
  type NodeHandler,
  type NodeHandlerOptions,
  toNodeHandler,
} from '@lingma-gateway/node';

/** What `createGateway` and `composeGateway` of `@lingma-gateway/core` make. */
export interface MountedGateway {
  readonly fetch: FetchHandler;
  readonly hasRoute: (method: string, pathname: string) => boolean;
}

/** What {@link lingmaGateway} can be told. */
export type LingmaGatewayOptions = Omit<NodeHandlerOptions, 'hasRoute'>;

const OPTIONS = { stallMs: 'number', onError: 'function', basePath: 'string' } as const;

/**
 * `app.use('/lingma', lingmaGateway(gateway))`: clients then have the base URL `https://…/lingma/v1`. Before or behind
 * `express.json()`; what the gateway has no route for goes on to the app's next handler. The gateway stays the caller's:
 * `gateway.close()` on the way down.
 *
 * @throws TypeError on a gateway or options that are none
 */
export function lingmaGateway(gateway: MountedGateway, options: LingmaGatewayOptions = {}): NodeHandler {
  checkGateway('lingmaGateway()', gateway);
  checkOptions('lingmaGateway()', options, OPTIONS);
  return toNodeHandler(gateway.fetch, { ...options, hasRoute: gateway.hasRoute });
}
