/** What happens to the tools that callers bring. */
import * as z from 'zod';
import { choice, setting } from '../setting.js';

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
  onMissedCall: setting(choice(['error', 'text']).default('error'), {
    env: ['LINGMA_GATEWAY_TOOL_ON_MISSED_CALL'],
    flag: 'tool-on-missed-call',
    doc: 'What a client gets when a tool was required and the model, asked twice, called none: an error (502), or the text that it wrote instead.',
  }),
};
