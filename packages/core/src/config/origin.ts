/** Where a value came from, and what went wrong with it. */
import { redactText } from '../util/index.js';
import type { Language } from './texts/language.js';
import { LOADER_TEXTS } from './texts/loader-texts.js';

/** Where a setting comes from. */
export type Origin =
  | { readonly kind: 'default' }
  | { readonly kind: 'file'; readonly name: string }
  /** `alias`: the name is understood, but not the canonical one. */
  | { readonly kind: 'environment'; readonly name: string; readonly alias?: true }
  | { readonly kind: 'flag'; readonly name: string };

/** `environment PORT`, `flag --port`, `file gateway.json`, `default`. */
export function describeOrigin(origin: Origin, language: Language = 'en'): string {
  const kind = LOADER_TEXTS[language].from[origin.kind];
  switch (origin.kind) {
    case 'default':
      return kind;
    case 'flag':
      return `${kind} --${origin.name}`;
    default:
      return `${kind} ${origin.name}`;
  }
}

/** A setting that cannot be used, and what to do about it. */
export interface ConfigProblem {
  /** `server.port`, or the unknown key or flag as it was given. */
  readonly subject: string;
  readonly origin: Origin;
  readonly message: string;
  readonly hint?: string;
}

/** A setting that can be used and may not be what was meant. */
export interface ConfigWarning {
  readonly subject: string;
  readonly message: string;
}

const MARKER = Symbol.for('lingma-gateway.config-error');

/** Everything that is wrong with a configuration, at once. Its message is made for a terminal and holds no secret. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly [MARKER] = true;
  readonly problems: readonly ConfigProblem[];

  constructor(problems: readonly ConfigProblem[], language: Language = 'en') {
    // Values stand in them, and anything may have been put into the wrong place.
    const shown = problems.map((problem) => ({
      ...problem,
      subject: redactText(problem.subject),
      message: redactText(problem.message),
    }));
    super(
      shown
        .map(({ subject, origin, message, hint }) => {
          const from = origin.kind === 'default' ? '' : ` (${describeOrigin(origin, language)})`;
          return `${subject}${from}: ${message}${hint === undefined ? '' : `\n  ${LOADER_TEXTS[language].hint}${hint}`}`;
        })
        .join('\n'),
    );
    this.problems = shown;
  }

  /** Of this copy of the package or another (one of each kind of modules, say). */
  static override [Symbol.hasInstance](value: unknown): boolean {
    return typeof value === 'object' && value !== null && MARKER in value;
  }
}
