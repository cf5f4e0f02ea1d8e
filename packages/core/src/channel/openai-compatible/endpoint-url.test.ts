import { describe, expect, it } from 'vitest';
import { endpointUrl } from './endpoint-url.js';

describe('endpointUrl', () => {
  it.each([
    ['https://x', 'https://x/v1/chat/completions'],
    ['https://x/', 'https://x/v1/chat/completions'],
    ['https://x//', 'https://x/v1/chat/completions'],
    ['https://x/v1', 'https://x/v1/chat/completions'],
    ['https://x/v1/', 'https://x/v1/chat/completions'],
    ['https://x/api', 'https://x/api/v1/chat/completions'],
    ['https://x/api/v3', 'https://x/api/v3/chat/completions'],
    ['https://x/compatible-mode/v1', 'https://x/compatible-mode/v1/chat/completions'],
    ['https://x/v1beta/openai', 'https://x/v1beta/openai/v1/chat/completions'],
    ['http://100.64.0.9:3000', 'http://100.64.0.9:3000/v1/chat/completions'],
    ['https://x/v1/chat/completions', 'https://x/v1/chat/completions'],
    ['https://x/any/place#', 'https://x/any/place'],
    ['https://x/v1/#', 'https://x/v1/'],
  ])('%s - %s', (base, url) => expect(endpointUrl(base, 'chat/completions')).toBe(url));
});
