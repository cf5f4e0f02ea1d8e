/** Tool declarations as clients send them. Any JSON Schema is taken as a function's parameters. */
import * as z from 'zod';
import { field, requestObject, supported } from '../../request/field-support.js';
import { anyObject, listOf, MAX_TOOLS } from '../../request/list-schema.js';

const shared = {
  type: supported(z.string().nullish()),
  name: supported(z.string().min(1)),
  description: supported(z.string().nullish()),
  defer_loading: field(z.boolean().nullish(), { support: 'accepted', note: 'Every tool is told at once' }),
  allowed_callers: field(z.unknown().optional(), { support: 'accepted' }),
};

export const functionTool = requestObject({
  ...shared,
  parameters: supported(z.looseObject({}).nullish()),
  strict: supported(z.boolean().nullish()),
  output_schema: field(z.unknown().optional(), { support: 'accepted' }),
});

export const customTool = requestObject({
  ...shared,
  format: field(
    requestObject({
      type: supported(z.string().nullish()),
      syntax: supported(z.string().nullish()),
      definition: supported(z.string().nullish()),
    }).nullish(),
    { support: 'emulated', note: 'The grammar is told to the model' },
  ),
});

export const namespaceTool = requestObject({
  type: supported(z.string().nullish()),
  name: supported(z.string().min(1)),
  description: supported(z.string().nullish()),
  tools: supported(listOf(anyObject, { max: MAX_TOOLS })),
});
