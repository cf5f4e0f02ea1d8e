/** What can be set for pictures, and what becomes of them. */
import type { ChatWarning } from '../../chat/index.js';
import type { PreparedImage } from '../../lingma/index.js';
import type { OptionRules } from '../../util/index.js';
import type { RemoteImageOptions } from './fetch-remote-image.js';

/** What becomes of pictures in requests. */
export interface ImageOptions {
  /** Fetch `http(s)` URLs. Default true; private addresses are refused in any case. */
  readonly allowRemote?: boolean;
  /** Read `file:` URLs and absolute paths of this machine. Default false. */
  readonly allowLocalFiles?: boolean;
  /** What happens to a picture that can't be used. Default `placeholder`. */
  readonly onFailure?: 'placeholder' | 'error';
  /** Bytes a picture may have after scaling; the limit of `image/upload` (protocol 10.2). Default 10 MB. */
  readonly maxBytes?: number;
  /** Milliseconds for one remote picture. Default 15 000. */
  readonly timeoutMs?: number;
  /** Pictures a turn; further ones count as failed. Default 20. */
  readonly maxImages?: number;
  /** For tests: overrides how names are resolved and which addresses are allowed. */
  readonly remote?: Pick<RemoteImageOptions, 'resolve' | 'isAllowed'>;
}

export const IMAGE_RULES: OptionRules<ImageOptions> = {
  allowRemote: 'boolean',
  allowLocalFiles: 'boolean',
  onFailure: ['placeholder', 'error'],
  maxBytes: 'count',
  timeoutMs: 'count',
  maxImages: 'count',
  remote: 'object',
};

export interface PreparedImages {
  readonly images: readonly PreparedImage[];
  readonly warnings: readonly ChatWarning[];
}
