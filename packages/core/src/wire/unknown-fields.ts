/**
 * Loose parsing: clients are newer than this code, so an unknown field must not stop them, and must not vanish without
 * a word either.
 */
import type { z } from 'zod';
import { GatewayError } from '../chat/index.js';
import { type FieldSupport, supportOf } from './field-support.js';
import { joinPath } from './parse-schema.js';
import type { RequestWarnings } from './request-warnings.js';

/**
 * Looks at one object's own fields (not into nested ones): those the schema does not name become `unknown-field`
 * warnings, `ignored` ones `unsupported-setting` warnings.
 *
 * @throws GatewayError `unsupported_feature` for a field the schema marks as `refused`
 */
export function checkFields(value: object, schema: z.ZodObject, path: string, warnings: RequestWarnings): void {
  const { shape } = schema;
  for (const [name, fieldSchema] of Object.entries(shape)) {
    if (!Object.hasOwn(value, name)) continue;
    const annotation = supportOf(fieldSchema as z.ZodType);
    const fieldValue = (value as Readonly<Record<string, unknown>>)[name];
    if (annotation !== undefined && asksFor(fieldValue, annotation)) act(annotation, joinPath(path, [name]), warnings);
  }
  for (const name of Object.keys(value)) {
    // A generated body may have a million of them.
    if (warnings.isFull) return;
    if (!Object.hasOwn(shape, name)) warnings.add('unknown-field', joinPath(path, [name]), 'Unknown field, ignored');
  }
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
