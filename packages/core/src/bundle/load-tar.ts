/** The library that knows archives: hardly any gateway reads one. */
import { loadModule } from '../chat/index.js';

export const loadTar = loadModule(() => import('tar'));
