/** Checks values against an extract of a published OpenAPI document in `test/fixtures/specs`. */
import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';

/** `name` is the file's; the returned function lists what is wrong with `value`, nothing when it fits `schema`. */
export function publishedSchema(name: string): (schema: string, value: unknown) => string[] {
  const path = new URL(`../fixtures/specs/${name}.json`, import.meta.url);
  const ajv = new Ajv2020({ strict: false, allErrors: true, validateFormats: false });
  ajv.addSchema(JSON.parse(readFileSync(path, 'utf8')) as object, 'spec');
  return (schema, value) => {
    const check = ajv.getSchema(`spec#/components/schemas/${schema}`);
    if (check === undefined) throw new Error(`No schema ${schema} in ${name}`);
    return check(value) === true ? [] : (check.errors ?? []).map((error) => `${error.instancePath} ${error.message}`);
  };
}
