/** The page of the process on which somebody with several organisations chooses one. Pure. */
import { LoginFailure, type Organisation } from '../login-failure.js';

/** Of one page. */
const MAX_ORGANISATIONS = 100;
const MAX_NAME = 200;
const LINK =
  /<a\b[^>]*\bhref\s*=\s*(["'])([^"']*\/auth\/loginWithOrganization\?[^"']*)\1[^>]*>([\s\S]{0,2000}?)<\/a>/gi;
const MEMBERS =
  /"(?:organizationId|organization_id|orgId|id)"\s*:\s*"([^"]{0,200})"[^{}]{0,400}?"(?:organizationName|organization_name|orgName|name)"\s*:\s*"([^"]{0,200})"/g;

export interface OrganisationPage {
  readonly organisations: readonly (Organisation & { /** As the page links it. */ readonly path?: string })[];
}

/** `undefined`: it is no such page. */
export function readOrganisationPage(html: string): OrganisationPage | undefined {
  const organisations = new Map<string, OrganisationPage['organisations'][number]>();
  for (const [, , href = '', label = ''] of html.matchAll(LINK)) {
    const path = decode(href);
    const query = new URLSearchParams(path.slice(path.indexOf('?') + 1));
    const id = query.get('organizationId') ?? '';
    const name = decode(label.replace(/<[^>]*>/g, ''))
      .replace(/\s+/g, ' ')
      .trim();
    if (organisations.size < MAX_ORGANISATIONS) {
      organisations.set(id, { id, name: name.slice(0, MAX_NAME), path: path.slice(path.indexOf('/auth/')) });
    }
  }
  if (organisations.size === 0 && isSelecting(html)) {
    for (const [, id = '', name = ''] of html.matchAll(MEMBERS)) {
      if (organisations.size < MAX_ORGANISATIONS) organisations.set(id, { id, name: decode(name).slice(0, MAX_NAME) });
    }
  }
  return organisations.size > 0 || isSelecting(html) ? { organisations: [...organisations.values()] } : undefined;
}

const isSelecting = (html: string): boolean => /is_select_account["']?\s*[:=]\s*["']?(?:true|1)\b/i.test(html);

/**
 * The account's organisation, else the personal account.
 *
 * @throws LoginFailure `needs_organisation` with those that there are
 */
export function chooseOrganisation(
  { organisations }: OrganisationPage,
  wanted: string | undefined,
): OrganisationPage['organisations'][number] {
  // The page does not say which there are: it is asked for what is wanted, and says no if it is not there.
  if (organisations.length === 0) return { id: wanted ?? '', name: '' };
  const [first] = organisations;
  const isOnly = (wanted ?? '') === '' && organisations.length === 1;
  const found = organisations.find(({ id }) => id === (wanted ?? '')) ?? (isOnly ? first : undefined);
  if (found !== undefined) return found;
  throw new LoginFailure(
    'needs_organisation',
    wanted === undefined
      ? 'The account belongs to several organisations: say which one (org_id)'
      : 'The account does not belong to the organisation that is configured (org_id)',
    { organisations: organisations.map(({ id, name }) => ({ id, name })) },
  );
}

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'", apos: "'" };
const decode = (text: string): string =>
  text.replace(/&(amp|lt|gt|quot|#39|apos);/g, (_, name: string) => ENTITIES[name] ?? '');
