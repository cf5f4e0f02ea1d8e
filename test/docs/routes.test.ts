/** docs/http-api.md lists every route of the gateway with the key that it wants, and no other. */
import { readFileSync } from 'node:fs';
import { createGateway, type GatewayOptions } from '@lingma-gateway/core';
import { describe, expect, it, vi } from 'vitest';
import type { Route } from '../../packages/core/src/gateway/router.js';

const made: Route[][] = [];
vi.mock('../../packages/core/src/gateway/router.js', async (original) => {
  const router = await original<typeof import('../../packages/core/src/gateway/router.js')>();
  const createRouter: typeof router.createRouter = (routes) => {
    made.push([...routes]);
    return router.createRouter(routes);
  };
  return { ...router, createRouter };
});

const unused = (): never => {
  throw new Error('Routes that are only listed ask for nothing');
};
const anything = new Proxy({}, { get: () => unused }) as never;

/** Every port there is, so that no route is left out. */
function routesOfTheGateway(): readonly Route[] {
  const channel = { name: 'unused', listModels: async () => [], streamChat: unused };
  const parts = ['instances', 'keys', 'login', 'sessions', 'channels'] as const;
  const admin: GatewayOptions['admin'] = {
    ...Object.fromEntries(parts.map((part) => [part, anything])),
    effectiveConfig: () => ({}),
    reload: () => ({ changed: [], needsRestart: [] }),
  };
  createGateway({ channel, admin, usage: anything });
  return made.at(-1) ?? [];
}

const inRouter = (): string[] =>
  routesOfTheGateway()
    .map(({ method, path, versioned, access }) => {
      const address = versioned === false ? path : `/v1${path}`;
      return `${method} ${address.replaceAll(/:(\w+)\+?/g, '{$1}')} ${access}`;
    })
    .sort();

const inDocs = (): string[] =>
  readFileSync(new URL('../../docs/http-api.md', import.meta.url), 'utf8')
    .split('\n')
    .map((line) => line.split(' | '))
    .filter(([first = '']) => /^\| `(?:GET|POST|PATCH|DELETE) \//.test(first))
    .flatMap(([first = '', access = '']) =>
      [...first.matchAll(/`([^`]+)`/g)].map(([, address = '']) => `${address} ${access}`),
    )
    .sort();

describe('docs/http-api.md', () => {
  it('routes - every one, with whom it is for, and no other', () => {
    expect(inDocs()).toEqual(inRouter());
    expect(inRouter().length).toBeGreaterThan(50);
  });
});
