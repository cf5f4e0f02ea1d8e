/** By what a conversation is kept on one instance: the caller's own word for it, made the caller's alone. */
import { createHash } from 'node:crypto';

/** One caller's key never meets another's, however it is spelled, and what is told of a user goes no further than here. */
export const affinityKeyOf = (principal: string, key: string): string =>
  createHash('sha256')
    .update(JSON.stringify([principal, key]))
    .digest('base64url');
