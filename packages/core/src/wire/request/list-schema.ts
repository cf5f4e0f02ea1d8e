/**
 * Arrays of a request. zod's own array looks at every element and keeps a finding for each wrong one: a body of a few
 * megabytes then stops the gateway for seconds. This one ends with the first.
 */
import * as z from 'zod/mini';
import { isJsonObject, type JsonObject } from '../../util/index.js';

/** More than any of these protocols takes: Anthropic allows 100,000 messages, and no client sends as many of anything else. */
export const MAX_ITEMS = 100_000;

/** OpenAI takes 128; clients of many MCP servers send some hundred. */
export const MAX_TOOLS = 2000;

interface ListSchema {
  readonly element: z.ZodMiniType;
  readonly min: number;
  readonly max: number;
}

const LISTS = new WeakMap<z.ZodMiniType, ListSchema>();
const OBJECTS = new WeakSet<z.ZodMiniType>();

export interface ListLimits {
  readonly min?: number;
  /** Default 100,000. */
  readonly max?: number;
}

/** An array of `element`. Longer ones are refused before they are looked at. */
export function listOf<Element extends z.ZodMiniType>(
  element: Element,
  { min = 0, max = MAX_ITEMS }: ListLimits = {},
): z.ZodMiniType<z.infer<Element>[]> {
  const read = z.transform((value: unknown, context): z.infer<Element>[] => {
    if (!Array.isArray(value)) {
      context.issues.push({ code: 'invalid_type', expected: 'array', input: value });
      return z.NEVER;
    }
    const list = value as readonly unknown[];
    if (list.length < min) {
      context.issues.push({ code: 'too_small', origin: 'array', minimum: min, inclusive: true, input: value });
      return z.NEVER;
    }
    if (list.length > max) {
      context.issues.push({ code: 'too_big', origin: 'array', maximum: max, inclusive: true, input: value });
      return z.NEVER;
    }
    const parsed: z.infer<Element>[] = [];
    for (const [index, item] of list.entries()) {
      const result = element.safeParse(item);
      if (!result.success) {
        const [issue] = result.error.issues;
        if (issue !== undefined) context.issues.push({ ...issue, path: [index, ...issue.path], input: item } as never);
        return z.NEVER;
      }
      parsed.push(result.data);
    }
    return parsed;
  });
  const schema = z.pipe(z.unknown(), read);
  LISTS.set(schema, { element, min, max });
  return schema;
}

/** Any object, as it is: zod's own copies what it lets through. */
export const anyObject: z.ZodMiniType<JsonObject> = z.pipe(
  z.unknown(),
  z.transform((value: unknown, context): JsonObject => {
    if (isJsonObject(value)) return value;
    context.issues.push({ code: 'invalid_type', expected: 'object', input: value });
    return z.NEVER;
  }),
);

OBJECTS.add(anyObject);

/** A list's element and bounds; `undefined` for a schema of another kind. */
export const listLimitsOf = (schema: z.ZodMiniType): ListSchema | undefined => LISTS.get(schema);

/** What a list holds; `undefined` for a schema of another kind. */
export const elementOf = (schema: z.ZodMiniType): z.ZodMiniType | undefined => LISTS.get(schema)?.element;

export const isAnyObject = (schema: z.ZodMiniType): boolean => OBJECTS.has(schema);

/** Tells that `copy` is the same list, or the same {@link anyObject}, as `schema`. */
export function keepKind(schema: z.ZodMiniType, copy: z.ZodMiniType): void {
  const list = LISTS.get(schema);
  if (list !== undefined) LISTS.set(copy, list);
  if (OBJECTS.has(schema)) OBJECTS.add(copy);
}
