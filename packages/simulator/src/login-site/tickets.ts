/** Judges credentials, and keeps who has signed in between the form and the callback. */
import { randomBytes } from 'node:crypto';
import type { SiteTraffic } from './traffic.js';
import type { LoginSiteUser } from './users.js';

/** What the form's script is told. */
export type FormAnswer =
  | { readonly kind: 'ticket'; readonly ticket: string }
  | { readonly kind: 'error'; readonly text: string }
  | { readonly kind: 'slider'; readonly person: boolean }
  | { readonly kind: 'sms' };

export interface Credentials {
  readonly name: string;
  readonly password: string;
  /** What stood between the credentials and the ticket has been passed by a person. */
  readonly passed?: 'slider' | 'sms';
}

/** Tickets that wait for their use; the oldest goes. */
const OPEN_TICKETS = 200;

export class Tickets {
  readonly #users: ReadonlyMap<string, LoginSiteUser>;
  readonly #traffic: SiteTraffic;
  readonly #open = new Map<string, LoginSiteUser>();

  constructor(users: ReadonlyMap<string, LoginSiteUser>, traffic: SiteTraffic) {
    this.#users = users;
    this.#traffic = traffic;
  }

  judge({ name, password, passed }: Credentials): FormAnswer {
    if (passed === undefined) this.#traffic.countAttempt(name);
    const user = this.#users.get(name);
    if (user === undefined || user.password !== password || user.behaviour === 'wrong-password') {
      return { kind: 'error', text: user?.behaviour === 'english' ? WRONG_ENGLISH : '登录名或登录密码不正确' };
    }
    if (user.behaviour === 'locked') return { kind: 'error', text: '账号已被锁定，请24小时后再试' };
    if (user.behaviour === 'slider') return { kind: 'slider', person: false };
    if (user.behaviour === 'slider-person' && passed !== 'slider') return { kind: 'slider', person: true };
    if (user.behaviour === 'sms' && passed !== 'sms') return { kind: 'sms' };
    return { kind: 'ticket', ticket: this.#issue(user) };
  }

  /** Whose ticket it is. It can be shown until it is spent. */
  holder(ticket: string): LoginSiteUser | undefined {
    return this.#open.get(ticket);
  }

  spend(ticket: string): void {
    this.#open.delete(ticket);
  }

  #issue(user: LoginSiteUser): string {
    const ticket = randomBytes(16).toString('hex');
    this.#open.set(ticket, user);
    const [oldest] = this.#open.keys();
    if (this.#open.size > OPEN_TICKETS && oldest !== undefined) this.#open.delete(oldest);
    return ticket;
  }
}

const WRONG_ENGLISH = 'The account name or password is incorrect.';
