/** Keeps the main frames of a browser at the vendor's sites: one that is sent elsewhere is stopped before it gets there. */
import type { BrowserContext, CDPSession, Page, Request } from 'playwright-core';
import { LoginFailure } from '../login-failure.js';

export interface NavigationGuard {
  /** The failure, once a main frame was to leave. */
  readonly refused: LoginFailure | undefined;
  /** Refuses a window that is already where it may not be, whatever was seen of its way there. */
  check(page: Page): void;
  /** Guards a page before its first address is opened. */
  watch(page: Page): Promise<void>;
}

/**
 * @param mayOpen whether a main frame may go there
 * @param onRefused called once
 */
export async function guardNavigation(
  context: BrowserContext,
  mayOpen: (url: string) => boolean,
  onRefused: (failure: LoginFailure) => void,
): Promise<NavigationGuard> {
  let refused: LoginFailure | undefined;
  const watched = new Set<Page>();
  const refuse = (url: string): void => {
    if (refused !== undefined) return;
    const place = URL.canParse(url) ? new URL(url).host : 'no address';
    refused = new LoginFailure(
      'navigation_refused',
      `The sign-in page leads to ${place}, which is none of the vendor's`,
    );
    onRefused(refused);
  };

  const watch = async (page: Page): Promise<void> => {
    if (watched.has(page)) return;
    watched.add(page);
    // Playwright's own routes see the first request of a redirect chain alone; the protocol pauses each of them.
    const session = await context.newCDPSession(page);
    const { frameTree } = await session.send('Page.getFrameTree');
    session.on('Fetch.requestPaused', ({ requestId, frameId, request }) => {
      const isAllowed = frameId !== frameTree.frame.id || mayOpen(request.url);
      if (!isAllowed) refuse(request.url);
      void answer(session, requestId, isAllowed);
    });
    await session.send('Fetch.enable', { patterns: [{ resourceType: 'Document', requestStage: 'Request' }] });
  };

  // A window that a page opens is told of when it has its first address: what it asked for until then is only seen.
  const check = (page: Page): void => {
    if (/^https?:/.test(page.url()) && !mayOpen(page.url())) refuse(page.url());
  };
  context.on('page', (page) => {
    check(page);
    void watch(page).catch(() => undefined);
  });
  context.on('request', (request) => {
    if (isMainNavigation(request) && !mayOpen(request.url())) refuse(request.url());
  });
  return {
    get refused() {
      return refused;
    },
    check,
    watch,
  };
}

/** The page may be gone by now, and its requests with it. */
async function answer(session: CDPSession, requestId: string, isAllowed: boolean): Promise<void> {
  try {
    if (isAllowed) await session.send('Fetch.continueRequest', { requestId });
    else await session.send('Fetch.failRequest', { requestId, errorReason: 'BlockedByClient' });
  } catch {
    // Nobody waits for it any more.
  }
}

/** A request for what a window is to show. */
export function isMainNavigation(request: Request): boolean {
  if (!request.isNavigationRequest()) return false;
  try {
    return request.frame().parentFrame() === null;
  } catch {
    // The frame of a window that is just being opened: a main one.
    return true;
  }
}
