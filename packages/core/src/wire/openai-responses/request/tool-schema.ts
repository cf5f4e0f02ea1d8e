/** Tool declarations as clients send them. Any JSON Schema is taken as a function's parameters. */
import * as z from 'zod/mini';
import { field, requestObject, supported } from '../../request/field-support.js';
import { anyObject, listOf, MAX_TOOLS } from '../../request/list-schema.js';

const shared = {
  type: supported(z.nullish(z.string())),
  name: supported(z.string().check(z.minLength(1))),
  description: supported(z.nullish(z.string())),
  defer_loading: field(z.nullish(z.boolean()), { support: 'accepted', note: 'Every tool is told at once' }),
  allowed_callers: field(z.optional(z.unknown()), { support: 'accepted' }),
};

export const functionTool = requestObject({
  ...shared,
  parameters: supported(z.nullish(z.looseObject({}))),
  strict: supported(z.nullish(z.boolean())),
  output_schema: field(z.optional(z.unknown()), { support: 'accepted' }),
});

export const customTool = requestObject({
  ...shared,
  format: field(
    z.nullish(
      requestObject({
        type: supported(z.nullish(z.string())),
        syntax: supported(z.nullish(z.string())),
        definition: supported(z.nullish(z.string())),
      }),
    ),
    { support: 'emulated', note: 'The grammar is told to the model' },
  ),
});

export const namespaceTool = requestObject({
  type: supported(z.nullish(z.string())),
  name: supported(z.string().check(z.minLength(1))),
  description: supported(z.nullish(z.string())),
  tools: supported(listOf(anyObject, { max: MAX_TOOLS })),
});
