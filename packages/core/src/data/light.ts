/** The data folder, whose code is loaded with the first request about what it keeps. */
import { lateModule } from '../chat/index.js';

export const dataModule = lateModule(() => import('./index.js'));
