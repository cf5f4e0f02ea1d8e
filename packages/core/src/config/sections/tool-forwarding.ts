/** What happens to the tools that callers bring. */
import { z } from 'zod';
import { setting } from '../setting.js';

export const toolForwardingSection = {
  enabled: setting(z.boolean().default(true), {
    env: ['LINGMA_GATEWAY_TOOL_FORWARD_ENABLED', 'TOOL_FORWARD_ENABLED'],
    flag: 'tool-forward',
    doc: "Whether callers' tools are also handed to Lingma itself (agent mode with `tool_config`) where its dialect can take them.",
  }),
  allowlist: setting(z.array(z.string().min(1)).readonly().default([]), {
    env: ['LINGMA_GATEWAY_TOOL_ALLOWLIST', 'TOOL_ALLOWLIST'],
    flag: { name: 'tool-allowlist', valueHint: 'name,name' },
    doc: 'Tools that may be offered to the model; empty means all. Forcing another one is answered with 400.',
  }),
};
