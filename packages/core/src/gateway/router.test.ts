import { describe, expect, it } from 'vitest';
import { createRouter, nearestProtocol, type Route } from './router.js';

const route = (method: Route['method'], path: string): Route => ({
  name: `${method} ${path}`,
  method,
  path,
  access: 'client',
  handle: async () => ({ status: 200, headers: {}, body: null }),
});
const router = createRouter([
  route('GET', '/'),
  route('GET', '/models'),
  route('GET', '/models/:id+'),
  route('POST', '/responses'),
  route('GET', '/responses/:id'),
  route('DELETE', '/responses/:id'),
  route('GET', '/responses/:id/input_items'),
]);
const found = (method: string, path: string): unknown => {
  const match = router(method, path);
  return match.type === 'found' ? [match.route.name, match.params] : match.type;
};

describe('createRouter', () => {
  it('paths - found with and without /v1, with spare slashes', () => {
    for (const path of ['/models', '/v1/models', '/v1/models/', '//v1//models', '/v1/v1/models']) {
      expect(found('GET', path), path).toEqual(['GET /models', {}]);
    }
    for (const path of [
      '/openai/models',
      '/openai/v1/models',
      '/openai/deployments/x/models',
      '/v1/deployments/x/models',
    ]) {
      expect(found('GET', path), path).toEqual(['GET /models', {}]);
    }
    expect(found('GET', '/openai')).toBe('none');
    expect(found('GET', '/v1')).toEqual(['GET /', {}]);
    expect(found('GET', '/v10/models')).toBe('none');
    expect(found('GET', '/Models')).toBe('none');
  });

  it('parameters - decoded, over several segments where the route says so', () => {
    expect(found('GET', '/v1/models/a/b%20c')).toEqual(['GET /models/:id+', { id: 'a/b c' }]);
    expect(found('GET', '/v1/models/%zz')).toEqual(['GET /models/:id+', { id: '%zz' }]);
    expect(found('GET', '/responses/r1')).toEqual(['GET /responses/:id', { id: 'r1' }]);
    expect(found('GET', '/responses/r1/input_items')).toEqual(['GET /responses/:id/input_items', { id: 'r1' }]);
    expect(found('GET', '/responses/r1/else')).toBe('none');
  });

  it('HEAD - is a GET', () => {
    expect(found('HEAD', '/models')).toEqual(['GET /models', {}]);
    expect(found('HEAD', '/responses')).toBe('wrong-method');
  });

  it('wrong method - tells all that would do', () => {
    expect(router('PATCH', '/responses/r1')).toMatchObject({ methods: 'GET, HEAD, DELETE, OPTIONS' });
    expect(router('GET', '/responses')).toMatchObject({ methods: 'POST, OPTIONS' });
  });
});

describe('createRouter, nothing found', () => {
  const known = createRouter([
    route('POST', '/chat/completions'),
    route('POST', '/completions'),
    route('POST', '/messages'),
    route('POST', '/responses'),
    route('GET', '/responses/:id'),
    route('GET', '/models'),
    { ...route('POST', '/api/show'), versioned: false },
  ]);
  const cases: readonly (readonly [string, string, string | undefined])[] = [
    ['POST', '/v1/chat/completions/chat/completions', '/v1/chat/completions'],
    ['POST', '/v1/chat/completions/v1/messages', '/v1/messages'],
    ['POST', '/proxy/v1/chat/completions', '/v1/chat/completions'],
    ['POST', '/anthropic/v1/messages', '/v1/messages'],
    ['POST', '/V1/Chat/Completions', '/v1/chat/completions'],
    ['POST', '/v1/chat', '/v1/chat/completions'],
    ['POST', '/v1/responses/responses', '/v1/responses'],
    ['GET', '/v2/models', '/v1/models'],
    ['POST', '/ollama/api/show', '/api/show'],
    ['GET', '/favicon.ico', undefined],
    ['GET', `/${'a/'.repeat(5000)}models`, undefined],
  ];
  it.each(cases)('%s %s - names the address that was meant', (method, path, suggestion) => {
    expect(known(method, path)).toEqual(suggestion === undefined ? { type: 'none' } : { type: 'none', suggestion });
  });

  it('wrong method of an address that is right - stays what it is', () => {
    expect(known('DELETE', '/v1/responses/r1')).toMatchObject({ type: 'wrong-method', methods: 'GET, HEAD, OPTIONS' });
  });
});

describe('nearestProtocol', () => {
  it('errors - speak the language of the path, else of the headers', () => {
    const none = new Headers();
    expect(nearestProtocol('/v1/messages/batches', none)).toBe('anthropic-messages');
    expect(nearestProtocol('/v1/responses/x/cancel', none)).toBe('openai-responses');
    expect(nearestProtocol('/nothing', none)).toBe('openai-chat');
    expect(nearestProtocol('/v1/models', new Headers({ 'anthropic-version': '2023-06-01' }))).toBe(
      'anthropic-messages',
    );
  });
});
