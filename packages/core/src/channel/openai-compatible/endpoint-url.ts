/** Where an endpoint is, for every way in which people write down a base URL. */

const VERSION = /\/v\d+[a-z\d]*$/i;
/** Whole addresses of an endpoint, as some documentations give them. */
const ENDPOINT = /\/(?:chat\/completions|completions|embeddings|responses|models)$/;

/**
 * `https://x`, `https://x/v1/` and `https://x/api/v3` lead to the same kind of place: the version is put in where the path has
 * none. A `#` at the end: what stands before it is the whole address.
 *
 * @param path such as `chat/completions`
 */
export function endpointUrl(baseUrl: string, path: string): string {
  const written = baseUrl.trim();
  if (written.endsWith('#')) return written.slice(0, -1);
  const base = written.replace(/\/+$/, '').replace(ENDPOINT, '').replace(/\/+$/, '');
  return VERSION.test(base) ? `${base}/${path}` : `${base}/v1/${path}`;
}
