/** Tool declarations as clients send them. Any JSON Schema is taken as a function's parameters. */
import { z } from 'zod';
import { field } from '../field-support.js';
import { anyObject, listOf, MAX_TOOLS } from '../list-schema.js';

const shared = {
  type: z.string().nullish(),
  name: z.string().min(1),
  description: z.string().nullish(),
  defer_loading: field(z.boolean().nullish(), { support: 'accepted', note: 'Every tool is told at once' }),
  allowed_callers: field(z.unknown().optional(), { support: 'accepted' }),
};

export const functionTool = z.looseObject({
  ...shared,
  parameters: z.looseObject({}).nullish(),
  strict: z.boolean().nullish(),
  output_schema: field(z.unknown().optional(), { support: 'accepted' }),
});

export const customTool = z.looseObject({
  ...shared,
  format: z
    .looseObject({ type: z.string().nullish(), syntax: z.string().nullish(), definition: z.string().nullish() })
    .nullish(),
});

export const namespaceTool = z.looseObject({
  type: z.string().nullish(),
  name: z.string().min(1),
  description: z.string().nullish(),
  tools: listOf(anyObject, { max: MAX_TOOLS }),
});
