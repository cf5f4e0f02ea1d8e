/** Azure's clients name the model in the address: `/openai/deployments/{model}/chat/completions`. */
import { isJsonObject, type JsonValue } from '../../util/index.js';
import { decodePart, PATH_PREFIX } from '../router.js';

/** The body with the address's model, unless it names one itself. */
export function withModelOf(pathname: string, body: JsonValue): JsonValue {
  const named = PATH_PREFIX.exec(pathname.replace(/\/{2,}/g, '/'))?.[1];
  const lacksModel = isJsonObject(body) && (body.model === undefined || body.model === null);
  return named !== undefined && lacksModel ? { ...body, model: decodePart(named) } : body;
}
