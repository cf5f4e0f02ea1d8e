/** An upstream whose code is read with the first request to it. */
import { loadOnce } from '../../util/index.js';
import type { Upstream } from './upstream.js';

/** @param load of an upstream that knows requests in its own protocol */
export function lazyUpstream(load: () => Promise<Upstream>): Upstream {
  let opened: Upstream | undefined;
  const open = loadOnce(async () => {
    opened = await load();
    return opened;
  });
  return {
    openChat: async (request, target, context) => (await open()).openChat(request, target, context),
    async openRaw(request, target, context) {
      const upstream = await open();
      if (upstream.openRaw === undefined) throw new TypeError('this upstream does not know raw requests');
      return upstream.openRaw(request, target, context);
    },
    listModels: async (context) => (await (await open()).listModels?.(context)) ?? [],
    close: async () => opened?.close(),
  };
}
