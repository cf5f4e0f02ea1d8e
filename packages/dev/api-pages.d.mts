/** For the tests, which are TypeScript. */
export interface ApiPage {
  readonly text: string;
  readonly undocumented: readonly string[];
  readonly unnamed: readonly string[];
}

export function apiPages(): ReadonlyMap<string, ApiPage>;
