/** Upstreams beside Lingma, and how requests find one. */
import { z } from 'zod';
import { secretText, setting } from '../setting.js';
import { baseUrl, channelList } from './channel-list.js';

export const channelsSection = {
  list: setting(channelList(secretText()), {
    env: ['LINGMA_GATEWAY_CHANNELS'],
    secret: true,
    doc: "Upstreams beside Lingma that speak OpenAI's protocol, as a list of objects: `name`, `baseUrl`, `apiKey` (or `apiKeyFile`, `apiKeys`), `models` (names, `*` for any characters, or `auto` for all that it lists), and if wanted `modelMapping`, `priority`, `weight`, `enabled`, `endpoints`, `headers`, `systemPrompt`, `timeouts`, `maxInFlight`, `proxy`, `tags`. In the file `channels` itself may be the list. See [channels.md](channels.md).",
    hint: 'a list such as [{"name": "main", "baseUrl": "https://api.example.com/v1", "apiKey": "…", "models": ["qwen*"]}]',
  }),
  upstreamUrl: setting(baseUrl().optional(), {
    env: ['LINGMA_GATEWAY_UPSTREAM_URL'],
    flag: { name: 'upstream-url', valueHint: 'url' },
    doc: "Base URL of one upstream that speaks OpenAI's protocol: the simplest way to have a channel, called `upstream`.",
    hint: 'an address such as https://api.example.com/v1',
  }),
  upstreamKey: setting(secretText().optional(), {
    env: ['LINGMA_GATEWAY_UPSTREAM_KEY'],
    secret: true,
    doc: 'The key that this upstream is asked with.',
  }),
  upstreamModels: setting(z.array(z.string().trim().min(1)).readonly().default([]), {
    env: ['LINGMA_GATEWAY_UPSTREAM_MODELS'],
    flag: { name: 'upstream-models', valueHint: 'name,name' },
    doc: 'The models that this upstream is asked for, `*` standing for any characters.',
    defaultDoc: 'all that it lists',
  }),
  maxAttempts: setting(z.int().min(1).max(10).default(3), {
    env: ['LINGMA_GATEWAY_CHANNEL_ATTEMPTS'],
    flag: 'channel-attempts',
    doc: 'How often a request is tried, each time with another channel or another key, before its answer has begun.',
  }),
  tellChannel: setting(z.boolean().default(true), {
    env: ['LINGMA_GATEWAY_TELL_CHANNEL'],
    flag: 'tell-channel',
    doc: 'Whether `x-lingma-channel` of a response says which channel answered.',
  }),
};
