/** What every part of the parser is handed: where warnings go and where references lead. */
import type * as z from 'zod/mini';
import type { JsonObject } from '../../../util/index.js';
import { parseAt } from '../../request/parse-schema.js';
import type { RequestWarnings } from '../../request/request-warnings.js';
import { checkFields } from '../../request/unknown-fields.js';

export interface ParseContext {
  readonly warnings: RequestWarnings;
  /** A stored item by its id; `undefined` when it is not known (any more). */
  readonly resolveItem: (id: string) => JsonObject | undefined;
}

/** `parseAt`, with a warning for each field of `value` that the schema does not name. */
export function parseObject<Schema extends z.ZodMiniObject>(
  schema: Schema,
  value: JsonObject,
  path: string,
  context: ParseContext,
): z.infer<Schema> {
  const parsed = parseAt(schema, value, path);
  checkFields(value, schema, path, context.warnings);
  return parsed;
}
