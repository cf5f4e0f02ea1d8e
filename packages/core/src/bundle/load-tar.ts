/** The library that knows archives: hardly any gateway reads one. */
import { loadOnce } from '../util/index.js';

export const loadTar = loadOnce(() => import('tar'));
