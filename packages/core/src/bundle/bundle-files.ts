/** What a session bundle holds, and how much of it: the login of one work folder, as tar+gzip in base64. */

/** Members by their names relative to the work folder, in the order in which they are packed; `user` comes last. */
export const BUNDLE_FILES = ['cache/id', 'cache/quota', 'cache/config.json', 'cache/user'] as const;

/** Of a file in the work folder that a session is made of. */
export type BundleFileName = (typeof BUNDLE_FILES)[number];

/** `cache/user` is read with the `cache/id` it was made with: neither is of use alone. */
export const REQUIRED_FILES = ['cache/id', 'cache/user'] as const satisfies readonly BundleFileName[];

/** The files of a session, by their names in the work folder. */
export type BundleFiles = ReadonlyMap<BundleFileName, Uint8Array>;

export const BUNDLE_LIMITS = {
  /** Characters of base64, white space included. */
  text: 6 * 1024 * 1024,
  /** Bytes of tar+gzip. */
  packed: 4 * 1024 * 1024,
  /** Bytes of all files together. */
  unpacked: 4 * 1024 * 1024,
  /** Bytes of one file. */
  file: 1024 * 1024,
  /** Entries of the archive, folders and extended headers included. */
  members: 16,
} as const;

/** Why a bundle is refused. Errors name the rule and never what was read. */
export const BUNDLE_RULES = {
  text_too_large: 'its text is longer than 6 MiB',
  data_url: 'it is a data: URL, and not base64 alone',
  not_base64: 'it is not base64',
  not_gzip: 'it is not gzip',
  truncated: 'it ends too early',
  packed_too_large: 'it has more than 4 MiB',
  unpacked_too_large: 'its files have more than 4 MiB in all',
  file_too_large: 'one of its files has more than 1 MiB',
  too_many_members: 'it has more than 16 members',
  bad_checksum: 'the checksum of a member is wrong',
  unknown_name: 'it holds a file that belongs to no login',
  absolute_path: 'it holds an absolute path',
  parent_path: 'it holds a path with ".."',
  backslash: 'it holds a path with a backslash',
  duplicate: 'it holds a file twice',
  link: 'it holds a link',
  directory: 'it holds another folder than cache/',
  special_file: 'it holds a device, a pipe, or another special file',
  sparse: 'it holds a sparse file',
  extended_header: 'it holds an extended header that changes a name or a size',
  special_mode: 'a member has a setuid, setgid or sticky bit',
  trailing_data: 'there is something behind its end',
  missing_file: 'cache/id or cache/user is missing or empty',
} as const;

export type BundleRule = keyof typeof BUNDLE_RULES;

export class BundleError extends Error {
  override readonly name = 'BundleError';
  readonly rule: BundleRule;

  constructor(rule: BundleRule) {
    super(`The session bundle is refused: ${BUNDLE_RULES[rule]}`);
    this.rule = rule;
  }
}
