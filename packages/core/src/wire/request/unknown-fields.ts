/**
 * Loose parsing: clients are newer than this code, so an unknown field must not stop them, and must not vanish without
 * a word either.
 */
import type * as z from 'zod/mini';
import { GatewayError } from '../../chat/index.js';
import { type FieldSupport, supportOf } from './field-support.js';
import { joinPath } from './parse-schema.js';
import type { RequestWarnings } from './request-warnings.js';

/**
 * Looks at one object's own fields (not into nested ones): those the schema does not name become `unknown-field`
 * warnings, `ignored` ones `unsupported-setting` warnings.
 *
 * @throws GatewayError `unsupported_feature` for a field the schema marks as `refused`
 */
export function checkFields(value: object, schema: z.ZodMiniObject, path: string, warnings: RequestWarnings): void {
  const { names, annotated, plain } = fieldsOf(schema);
  if (hasOnly(value, plain)) return;
  for (const [name, annotation] of annotated) {
    if (!Object.hasOwn(value, name)) continue;
    const fieldValue = (value as Readonly<Record<string, unknown>>)[name];
    if (asksFor(fieldValue, annotation)) act(annotation, joinPath(path, [name]), warnings);
  }
  for (const name in value) {
    if (names.has(name)) continue;
    // A generated body may have thousands of them.
    if (warnings.isFull) return;
    warnings.add('unknown-field', joinPath(path, [name]), 'Unknown field, ignored');
  }
}

/** Nearly every object: told with a look at what it has, and none at all that it might have. */
function hasOnly(value: object, names: ReadonlySet<string>): boolean {
  for (const name in value) if (!names.has(name)) return false;
  return true;
}

interface SchemaFields {
  readonly names: ReadonlySet<string>;
  /** Those that are taken without a word. */
  readonly plain: ReadonlySet<string>;
  /** Those whose support makes a difference to a request. */
  readonly annotated: readonly (readonly [name: string, support: FieldSupport])[];
}

const known = new WeakMap<z.ZodMiniObject, SchemaFields>();

/** Worked out once a schema: a request of many messages asks a hundred thousand times. */
function fieldsOf(schema: z.ZodMiniObject): SchemaFields {
  let fields = known.get(schema);
  if (fields === undefined) {
    const entries = Object.entries(schema.shape).map(
      ([name, field]) => [name, supportOf(field as z.ZodMiniType)] as const,
    );
    const annotated = entries.filter(
      (entry): entry is readonly [string, FieldSupport] =>
        entry[1]?.support === 'ignored' || entry[1]?.support === 'refused',
    );
    const names = new Set(entries.map(([name]) => name));
    const plain = new Set(names);
    for (const [name] of annotated) plain.delete(name);
    fields = { names, plain, annotated };
    known.set(schema, fields);
  }
  return fields;
}

function asksFor(value: unknown, { harmless }: FieldSupport): boolean {
  if (value === null || value === undefined || value === '') return false;
  if (typeof value === 'object' && Object.keys(value).length === 0) return false;
  return harmless === undefined || !(harmless as readonly unknown[]).includes(value);
}

function act({ support, note }: FieldSupport, path: string, warnings: RequestWarnings): void {
  if (support === 'ignored') warnings.add('unsupported-setting', path, note ?? 'Not supported, ignored');
  if (support === 'refused') {
    const reason = note === undefined ? '' : `: ${note}`;
    throw new GatewayError('unsupported_feature', `'${path}' is not supported${reason}`, { param: path });
  }
}
