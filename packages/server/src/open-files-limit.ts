/** How many file descriptors this process may have. */

interface Report {
  readonly userLimits?: { readonly open_files?: { readonly soft?: number | string } };
}

/** `undefined` where there is no such limit, or where the system does not tell. */
export function openFilesLimit(): number | undefined {
  // Before any connection is open, or the report would look up the names of its other ends.
  const { userLimits } = (process.report?.getReport() ?? {}) as Report;
  const soft = userLimits?.open_files?.soft;
  return typeof soft === 'number' && soft > 0 ? soft : undefined;
}
