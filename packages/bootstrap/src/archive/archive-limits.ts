/** How much an archive may bring. Real bytes are counted beside those that it speaks of. */

export interface ArchiveLimits {
  readonly entryBytes: number;
  readonly totalBytes: number;
  readonly entries: number;
  /** Bytes that may come out of one that went in. */
  readonly ratio: number;
  /** What is smaller is not measured by its ratio. */
  readonly ratioFromBytes: number;
}

export const ARCHIVE_LIMITS: ArchiveLimits = {
  entryBytes: 512 * 1024 * 1024,
  totalBytes: 2 * 1024 * 1024 * 1024,
  entries: 20_000,
  ratio: 200,
  ratioFromBytes: 256 * 1024,
};
