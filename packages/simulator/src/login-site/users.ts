/** Who may sign in at the login site, and what it does with each of them. */

/**
 * What happens to a user. `ok` signs in at once, `wrong-password` never does, whatever the password. The last four change the
 * page before anybody has typed a name: the site shows them when it expects that user.
 */
export const LOGIN_BEHAVIOURS = [
  'ok',
  'wrong-password',
  'locked',
  'slider',
  'slider-person',
  'sms',
  'organisations',
  'consent',
  'continue-as',
  'ram',
  'slow',
  'no-redirect',
  'foreign-redirect',
  'popup',
  'terms',
  'changed-markup',
  'foreign-form',
  'main-page-form',
  'english',
] as const;

/** What the site does once a user has typed name and password. */
export type LoginBehaviour = (typeof LOGIN_BEHAVIOURS)[number];

/** An organisation that a user may go on with. The empty id is the personal account. */
export interface LoginOrganisation {
  readonly id: string;
  readonly name: string;
}

/** Somebody who can sign in at the site. */
export interface LoginSiteUser {
  readonly name: string;
  readonly password: string;
  /** Default: `ok`. */
  readonly behaviour?: LoginBehaviour;
  /** Of `organisations`. Default: the personal account and two more. */
  readonly organisations?: readonly LoginOrganisation[];
}

export const DEFAULT_ORGANISATIONS: readonly LoginOrganisation[] = [
  { id: '', name: '个人账号' },
  { id: 'org-100', name: '示例科技' },
  { id: 'org-200', name: 'Example Labs' },
];

/** Something typed into a field of a page, or sent by its form. */
export interface TypedText {
  readonly origin: 'site' | 'form' | 'foreign';
  /** Path of the page. */
  readonly page: string;
  readonly field: string;
  readonly value: string;
}
