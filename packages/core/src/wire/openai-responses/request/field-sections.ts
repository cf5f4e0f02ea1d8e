/** The request, part by part, for the table of what is served. */
import type { FieldSection } from '../../request/field-support.js';
import { CONTENT_SCHEMAS, ITEM_SCHEMAS } from './item-schema.js';
import { responsesRequest } from './request-schema.js';
import { customTool, functionTool, namespaceTool } from './tool-schema.js';

/** The fields of a request, and how far each is served: what the documentation is made of. */
export const FIELD_SECTIONS: readonly FieldSection[] = [
  { title: 'Request', schema: responsesRequest },
  { title: 'tools[] of type function', schema: functionTool },
  { title: 'tools[] of type custom', schema: customTool },
  { title: 'tools[] of type namespace', schema: namespaceTool },
  ...Object.entries(ITEM_SCHEMAS).map(([type, schema]) => ({ title: `input[] of type ${type}`, schema })),
  ...Object.entries(CONTENT_SCHEMAS).map(([type, schema]) => ({ title: `content[] of type ${type}`, schema })),
];
