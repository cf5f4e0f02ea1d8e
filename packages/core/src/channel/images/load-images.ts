/** Pictures are made ready by what is loaded with the first of them. */
import { lateModule } from '../../chat/index.js';

export const imagePreparation = lateModule(() => import('./prepare-images.js'));
