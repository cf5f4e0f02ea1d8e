/** For the tests, which are TypeScript. */
export function measureEntry(specifier: string, options: { readonly dependencies: boolean }): Promise<string>;
