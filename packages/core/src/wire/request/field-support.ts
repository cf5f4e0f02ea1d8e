/**
 * How far each request field is served, written where the field is declared. `checkFields` acts on it and
 * `describeFields` makes rows for the documentation of it, so that the two cannot tell different stories.
 */
import * as z from 'zod/mini';
import { elementOf, keepKind } from './list-schema.js';

/**
 * - `supported`: does what the protocol says
 * - `emulated`: the gateway itself does what the model behind it cannot
 * - `accepted`: taken without effect; the answer would be the same
 * - `ignored`: would change the answer and does not; told as a warning
 * - `refused`: a request that carries it is answered with 400
 */
export type Support = 'supported' | 'emulated' | 'accepted' | 'ignored' | 'refused';

export interface FieldSupport {
  readonly support: Support;
  /** One sentence, for the documentation and for the warning or error. */
  readonly note?: string;
  /** Values that ask for nothing special (`n: 1`): neither warned about nor refused. `null` never is. */
  readonly harmless?: readonly (string | number | boolean)[];
}

const REGISTRY = z.registry<FieldSupport>();

declare const SUPPORT: unique symbol;
/** A schema that {@link field} has been put around. */
export type Annotated<Schema extends z.ZodMiniType = z.ZodMiniType> = Schema & { readonly [SUPPORT]: true };

/** Annotates `schema`; goes around the outermost schema of a field, `z.nullish()` included. */
export function field<Schema extends z.ZodMiniType>(schema: Schema, support: FieldSupport): Annotated<Schema> {
  // A copy, since one schema object may stand for several fields.
  const annotated = schema.clone();
  keepKind(schema, annotated);
  REGISTRY.add(annotated, support);
  return annotated as Annotated<Schema>;
}

/** A field that does what the protocol says. */
export const supported = <Schema extends z.ZodMiniType>(schema: Schema, note?: string): Annotated<Schema> =>
  field(schema, { support: 'supported', ...(note !== undefined && { note }) });

/** An object of a request. Each of its fields says how far it is served; one that does not is an error of the compiler. */
export function requestObject<Shape extends Readonly<Record<string, Annotated>>>(
  shape: Shape,
): z.ZodMiniObject<Shape, z.core.$loose> {
  return z.looseObject(shape);
}

/** What was written at the field. */
export const supportOf = (schema: z.ZodMiniType): FieldSupport | undefined => REGISTRY.get(schema);

/** How far a field is served, as a row of the documentation. */
export interface FieldRow {
  /** `stream_options.include_usage`; the prefix tells the place of a nested object. */
  readonly field: string;
  readonly support: Support;
  readonly note?: string;
}

/** One object of a request, under the words that tell its place. */
export interface FieldSection {
  readonly title: string;
  readonly schema: z.ZodMiniObject<Readonly<Record<string, Annotated>>>;
}

/**
 * One row a field, nested objects included, in the order of the schema.
 *
 * @throws Error for a field without annotation
 */
export function describeFields(schema: z.ZodMiniObject, prefix = ''): FieldRow[] {
  const rows: FieldRow[] = [];
  for (const [name, value] of Object.entries(schema.shape)) {
    const fieldSchema = value as z.ZodMiniType;
    const path = prefix === '' ? name : `${prefix}.${name}`;
    const annotation = supportOf(fieldSchema);
    if (annotation === undefined) throw new Error(`The request field ${path} does not say how far it is served`);
    const { support, note } = annotation;
    rows.push({ field: path, support, ...(note !== undefined && { note }) });
    const nested = nestedObject(fieldSchema);
    if (nested !== undefined) rows.push(...describeFields(nested.schema, nested.isList ? `${path}[]` : path));
  }
  return rows;
}

function nestedObject(
  schema: z.ZodMiniType,
): { readonly schema: z.ZodMiniObject; readonly isList: boolean } | undefined {
  if (schema instanceof z.ZodMiniOptional || schema instanceof z.ZodMiniNullable) {
    return nestedObject(schema.def.innerType as z.ZodMiniType);
  }
  const item = elementOf(schema);
  if (item !== undefined) {
    const element = nestedObject(item);
    return element === undefined ? undefined : { ...element, isList: true };
  }
  return schema instanceof z.ZodMiniObject ? { schema, isList: false } : undefined;
}
