/** An agent that is started and spoken to on its standard streams, in the place of a Lingma. */
import * as z from 'zod';
import { AGENT_NAMES } from '../instances/agent-presets.js';
import { VARIABLES_AS_WRITTEN, variablesSchema } from '../instances/process-variables.js';
import { choice, setting } from '../setting.js';

export const agentSettings = {
  agent: setting(
    choice(AGENT_NAMES, { qwen: 'qwen-code', 'gemini-cli': 'gemini', 'claude-code': 'claude' }).optional(),
    {
      env: ['LINGMA_GATEWAY_AGENT'],
      flag: 'agent',
      doc: 'Agent to start and answer from in the place of a Lingma: the vendor’s command line (`qoderclicn`, `qodercli`), or another that speaks the Agent Client Protocol. Found in `node_modules` or on the `PATH`.',
    },
  ),
  command: setting(z.string().min(1).optional(), {
    env: ['LINGMA_GATEWAY_COMMAND'],
    flag: { name: 'command', valueHint: 'program' },
    doc: 'Program of an agent that speaks the Agent Client Protocol on its standard streams: a name or a path. `lingma.args` are its arguments; with `lingma.agent` it stands for that agent’s own program.',
  }),
  env: setting(variablesSchema, {
    env: ['LINGMA_GATEWAY_AGENT_ENV'],
    secret: true,
    writtenAs: VARIABLES_AS_WRITTEN,
    doc: 'Environment variables for the agent, such as a key of its own: a JSON object. It gets the gateway’s environment without whatever holds a secret.',
    hint: 'a JSON object such as {"OPENAI_API_KEY":"…"}',
  }),
  agentHome: setting(choice(['own', 'user']).default('own'), {
    env: ['LINGMA_GATEWAY_AGENT_HOME'],
    flag: 'agent-home',
    doc: 'Home folder of the agent. `own`: one in `lingma.dataDir`, into which only the login of your own tool is linked; `user`: yours, with all your settings, those that allow it things included.',
  }),
  agentProcesses: setting(z.int().min(1).max(4).default(1), {
    env: ['LINGMA_GATEWAY_AGENT_PROCESSES'],
    flag: 'agent-processes',
    doc: 'Processes of the agent at a time; each carries several conversations. More are started when those are busy.',
  }),
  framing: setting(choice(['auto', 'content-length', 'ndjson']).default('auto'), {
    env: ['LINGMA_GATEWAY_FRAMING'],
    flag: 'framing',
    doc: 'How messages are told apart: by a `Content-Length` header before each, or one a line (over WebSocket: one a message). `auto` is `ndjson` for an agent’s standard streams and `content-length` elsewhere.',
  }),
};
