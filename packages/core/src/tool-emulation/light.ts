/** What every request needs, whether or not it has tools; the rest (`index.ts`) is loaded with the first that has. */
export { type OfferedTools, offerTools } from './prompt/offer-tools.js';
export { type FlatHistory, flattenToolHistory } from './prompt/render-history.js';
