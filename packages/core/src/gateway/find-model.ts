/** A model of the list by the name a client gives it: as requests for answers find theirs. */
export { findModel } from '../chat/index.js';
