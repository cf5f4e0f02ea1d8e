/** The opaque `auth` of a callback, as the site makes it and the process reads it. */
import { isJsonObject, stringMember } from '../json-object.js';
import type { LoginOrganisation } from './users.js';

/** Who has signed in. */
export interface LoginAuth {
  readonly name: string;
  /** Which the user may go on with; empty: the personal account alone. */
  readonly organisations: readonly LoginOrganisation[];
}

export function encodeLoginAuth(auth: LoginAuth): string {
  return Buffer.from(JSON.stringify(auth)).toString('base64url');
}

/** Undefined when the text was not made by the site. */
export function decodeLoginAuth(text: string): LoginAuth | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(text, 'base64url').toString('utf8'));
    if (!isJsonObject(value) || typeof value.name !== 'string' || !Array.isArray(value.organisations)) return undefined;
    const organisations = value.organisations.filter(isJsonObject);
    return {
      name: value.name,
      organisations: organisations.map((each) => ({ id: stringMember(each, 'id'), name: stringMember(each, 'name') })),
    };
  } catch {
    return undefined;
  }
}
