/** Path in the repository → content. */
export function llmClientFiles(root: string): Promise<Record<string, string>>;
/** The client in one piece of CommonJS. */
export function llmClientCode(input: string, options?: { readonly minify?: boolean }): Promise<string>;
