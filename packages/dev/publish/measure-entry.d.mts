/** For the tests, which are TypeScript. */
export function measureEntry(
  specifier: string,
  options: { readonly dependencies: boolean },
): Promise<{ readonly first: number; readonly whole: number }>;
