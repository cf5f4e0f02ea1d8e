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
  for (const [name, fieldValue] of Object.entries(value)) {
    const fieldSchema = Object.hasOwn(shape, name) ? (shape[name] as z.ZodType) : undefined;
    if (fieldSchema === undefined) {
      warnings.add('unknown-field', joinPath(path, [name]), 'Unknown field, ignored');
      continue;
    }
    const annotation = supportOf(fieldSchema);
    if (annotation !== undefined && asksFor(fieldValue, annotation)) act(annotation, joinPath(path, [name]), warnings);
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
