/** Client keys made and changed while the gateway runs: `/internal/keys`. */
import type { z } from 'zod';
import { GatewayError } from '../../chat/index.js';
import { dataModule } from '../../data/light.js';
import type { JsonValue } from '../../util/index.js';
import type { KeyAdmin } from '../access/key-admin.js';
import type { RequestContext } from '../request-context.js';
import { respondJson } from '../respond/respond-json.js';
import type { Route } from '../router.js';

const ADMIN = { protocol: 'openai-chat', versioned: false, access: 'admin' } as const;

export function keyRoutes(
  admin: KeyAdmin,
  readBody: (context: RequestContext) => Promise<JsonValue>,
): readonly Route[] {
  const log = ({ logger, principal }: RequestContext, what: string, id: unknown): void =>
    logger.info(`key: ${what}`, { id, principal: principal.id });
  const idOf = ({ params }: RequestContext): string => params.id as string;
  return [
    {
      ...ADMIN,
      name: 'internal-keys',
      method: 'GET',
      path: '/internal/keys',
      handle: async () => respondJson({ object: 'list', data: [...admin.list()] }),
    },
    {
      ...ADMIN,
      name: 'internal-keys-add',
      method: 'POST',
      path: '/internal/keys',
      async handle(context) {
        const { keyRequest } = dataModule.loaded ?? (await dataModule.load());
        const { key, entry } = await admin.add(checked(keyRequest, await readBody(context)));
        log(context, 'made', entry.id);
        return respondJson({ ...entry, key }, 201);
      },
    },
    {
      ...ADMIN,
      name: 'internal-keys-change',
      method: 'PATCH',
      path: '/internal/keys/:id',
      async handle(context) {
        const { keyChange } = dataModule.loaded ?? (await dataModule.load());
        const entry = await admin.update(idOf(context), checked(keyChange, await readBody(context)));
        log(context, 'changed', entry.id);
        return respondJson(entry);
      },
    },
    {
      ...ADMIN,
      name: 'internal-keys-remove',
      method: 'DELETE',
      path: '/internal/keys/:id',
      async handle(context) {
        const { id } = await admin.remove(idOf(context));
        log(context, 'removed', id);
        return respondJson({ id: id as string, deleted: true });
      },
    },
    {
      ...ADMIN,
      name: 'internal-keys-rotate',
      method: 'POST',
      path: '/internal/keys/:id/rotate',
      async handle(context) {
        const { key, entry } = await admin.rotate(idOf(context));
        log(context, 'rotated', entry.id);
        return respondJson({ ...entry, key });
      },
    },
  ];
}

/** @throws GatewayError `invalid_request` that names the member */
function checked<Schema extends z.ZodType>(schema: Schema, body: JsonValue): z.output<Schema> {
  const result = schema.safeParse(body);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const param = issue?.path.join('.') || (issue?.code === 'unrecognized_keys' ? issue.keys.join(', ') : '');
  throw new GatewayError('invalid_request', `${param === '' ? 'The body' : param}: ${issue?.message ?? 'is wrong'}`, {
    ...(param !== '' && { param }),
  });
}
