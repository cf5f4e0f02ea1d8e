/** Takes the view of a page: one question to each frame, answered inside it. */
import type { Frame, Page } from 'playwright-core';
import type { Organisation } from '../login-failure.js';
import { isCallback } from './classify-page.js';
import { FORM_FRAME, MARKS, type MarkName, type Spelling } from './page-marks.js';
import type { FrameView, PageView } from './page-view.js';

/** Frames that are looked at; a page of advertisements may have hundreds. */
const FRAMES_READ = 20;
/** How long one frame may take to answer. A frame that hangs says nothing. */
const READ_TIMEOUT_MS = 3_000;

interface FrameReading extends Omit<FrameView, 'url' | 'marks'> {
  readonly marks: readonly string[];
  readonly loaded: boolean;
  readonly organisations: readonly Organisation[];
}

const NOTHING: FrameReading = { marks: [], lines: [], buttons: [], error: '', loaded: false, organisations: [] };

/** The view, and the frames that its own stand for. */
export async function readPage(
  page: Page,
  httpPort: number,
): Promise<{ readonly view: PageView; readonly frames: readonly Frame[] }> {
  const main = page.mainFrame();
  const ordered = page.frames().slice(0, FRAMES_READ);
  const ranks = new Map(await Promise.all(ordered.map(async (frame) => [frame, await rankOf(frame, main)] as const)));
  ordered.sort((one, other) => (ranks.get(one) ?? 0) - (ranks.get(other) ?? 0));
  const readings = await Promise.all(ordered.map(readFrame));
  const ofMain = readings[ordered.indexOf(main)] ?? NOTHING;
  const url = withoutQuery(main.url());
  return {
    frames: ordered,
    view: {
      url,
      loaded: ofMain.loaded,
      frames: readings.map(({ lines, buttons, error, marks }, index) => ({
        url: withoutQuery((ordered[index] as Frame).url()),
        ...{ lines, buttons, error, marks: marks as readonly MarkName[] },
      })),
      organisations: readings.flatMap(({ organisations }) => organisations),
      ...(isCallback(url, httpPort) ? await readCallback(main) : {}),
    },
  };
}

/** Origin and path: a query holds nonces and tokens. */
export function withoutQuery(url: string): string {
  if (!URL.canParse(url)) return '';
  const { origin, protocol, pathname } = new URL(url);
  return origin === 'null' ? `${protocol}${pathname}` : `${origin}${pathname}`;
}

/** The frame of the sign-in form first, then the page itself. */
async function rankOf(frame: Frame, main: Frame): Promise<number> {
  if (frame === main) return 1;
  if (FORM_FRAME.url.test(frame.url())) return 0;
  const id = await soon(
    frame.frameElement().then((element) => element.getAttribute('id')),
    null,
  );
  return id === FORM_FRAME.id ? 0 : 2;
}

function readFrame(frame: Frame): Promise<FrameReading> {
  return soon(frame.evaluate(readDocument, MARKS as Readonly<Record<string, readonly Spelling[]>>), NOTHING);
}

function readCallback(frame: Frame): Promise<Pick<PageView, 'errorCode' | 'selectAccount'>> {
  return soon(
    frame.evaluate(() => {
      const { error_code: code, is_select_account: select } = window as unknown as Record<string, unknown>;
      const isCode = typeof code === 'number' || (typeof code === 'string' && /^-?\d+$/.test(code));
      return {
        ...(isCode ? { errorCode: Number(code) } : {}),
        ...(select === true || select === 'true' ? { selectAccount: true } : {}),
      };
    }),
    {},
  );
}

/** What a frame cannot tell, because it goes or hangs, counts as not said: the next look is near. */
async function soon<T>(reading: Promise<T>, otherwise: T): Promise<T> {
  const deadline = AbortSignal.timeout(READ_TIMEOUT_MS);
  const late = new Promise<T>((resolve) =>
    deadline.addEventListener('abort', () => resolve(otherwise), { once: true }),
  );
  return Promise.race([reading.catch(() => otherwise), late]);
}

/** Runs inside the page: it may use nothing from outside of itself. */
function readDocument(marks: Readonly<Record<string, readonly Spelling[]>>): FrameReading {
  const limits = { lines: 200, line: 160, buttons: 40, text: 20_000, organisations: 50 };
  const isVisible = (element: Element): boolean => {
    const { width, height } = element.getBoundingClientRect();
    return width > 0 && height > 0 && getComputedStyle(element).visibility !== 'hidden';
  };
  const elementsOf = (spelling: { readonly css: string; readonly nth?: number }): Element[] => {
    const all = [...document.querySelectorAll(spelling.css)];
    return spelling.nth === undefined ? all : all.slice(spelling.nth, spelling.nth + 1);
  };
  const textOf = (element: Element): string =>
    (element instanceof HTMLInputElement ? element.value : (element.textContent ?? '')).replace(/\s+/g, ' ').trim();
  const clickable = [
    ...document.querySelectorAll(
      'a, button, [role="button"], [role="tab"], li, span, label, div:not(:has(*)), input[type="submit"], input[type="button"]',
    ),
  ].filter(isVisible);
  const texts = new Set(clickable.map(textOf));
  const found = Object.entries(marks).filter(([, spellings]) =>
    spellings.some((spelling) => ('css' in spelling ? elementsOf(spelling).some(isVisible) : texts.has(spelling.text))),
  );

  const organisations = new Map<string, string>();
  for (const element of document.querySelectorAll<HTMLElement>(
    'a[href*="loginWithOrganization"], [data-organization-id], [data-organisation-id]',
  )) {
    const { organizationId, organisationId } = element.dataset;
    const href = element instanceof HTMLAnchorElement ? new URL(element.href, location.href).searchParams : undefined;
    const id = organizationId ?? organisationId ?? href?.get('organizationId') ?? '';
    organisations.set(id, textOf(element).slice(0, limits.line));
  }
  // The process's page brings them as data, and its script may not have drawn them yet.
  const isSelecting = (window as { is_select_account?: unknown }).is_select_account === true;
  if (isSelecting && organisations.size === 0 && location.protocol === 'http:') {
    for (const script of document.scripts) {
      for (const [object] of (script.textContent ?? '').matchAll(
        /\{[^{}]*"(?:orgId|organizationId|organization_id|id)"[^{}]*\}/g,
      )) {
        const id = /"(?:orgId|organizationId|organization_id|id)"\s*:\s*"([^"]*)"/.exec(object)?.[1];
        const name = /"(?:orgName|organizationName|organization_name|name)"\s*:\s*"([^"]*)"/.exec(object)?.[1];
        if (id !== undefined && !organisations.has(id)) organisations.set(id, name ?? '');
      }
    }
  }
  const errors = marks.formError ?? [];
  const error = errors
    .flatMap((spelling) => ('css' in spelling ? [...document.querySelectorAll(spelling.css)] : []))
    .filter(isVisible)
    .map(textOf)
    .find((text) => text !== '');
  return {
    marks: found.map(([name]) => name),
    // biome-ignore lint/performance/useDomNodeTextContent: what is hidden must not count
    lines: (document.body?.innerText ?? '')
      .slice(0, limits.text)
      .split('\n')
      .map((line) => line.trim().slice(0, limits.line))
      .filter((line) => line !== '')
      .slice(0, limits.lines),
    buttons: clickable
      .filter((element) => element.matches('a, button, [role="button"], input, [class*="btn"], [class*="button"]'))
      .map(textOf)
      .filter((text) => text !== '' && text.length <= 40)
      .slice(0, limits.buttons),
    error: (error ?? '').slice(0, limits.line),
    loaded: document.readyState !== 'loading',
    organisations: [...organisations].slice(0, limits.organisations).map(([id, name]) => ({ id, name })),
  };
}
