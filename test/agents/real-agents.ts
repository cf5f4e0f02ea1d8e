/** The agents that are tried, each with what its user would set so that it asks a model of their own. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AgentName } from '@lingma-gateway/core/config';

export interface RealAgent {
  readonly name: AgentName;
  readonly package: string;
  readonly version: string;
  readonly executable: string;
  /** Writes settings into its home, and says what its environment is. */
  configure(home: string, modelUrl: string): Readonly<Record<string, string>>;
  readonly args?: readonly string[];
  /** What it tells beside its answers. */
  readonly remarks?: {
    readonly title?: 'Hi';
    readonly contextTokens?: number;
    readonly cost?: { readonly currency: string };
  };
  /** Tells a model's limit as the answer's end. */
  readonly tellsLength?: boolean;
  /** Tells a model's 429 within the time of a test; others try again for minutes. */
  readonly tells429?: boolean;
}

const settings = (home: string, path: string, text: string): void => {
  mkdirSync(join(home, path, '..'), { recursive: true });
  writeFileSync(join(home, path), text);
};

export const REAL_AGENTS: readonly RealAgent[] = [
  {
    name: 'opencode',
    ...{ package: 'opencode-ai', version: '1.18.33', executable: 'opencode' },
    tells429: true,
    remarks: { contextTokens: 128_000, cost: { currency: 'USD' } },
    configure(home, url) {
      const models = { 'fake-1': { name: 'Fake', reasoning: true, limit: { context: 128_000, output: 8000 } } };
      const fake = { npm: '@ai-sdk/openai-compatible', options: { baseURL: `${url}/v1`, apiKey: 'any' }, models };
      const provider = { fake: { name: 'Fake', ...fake } };
      settings(home, '.config/opencode/opencode.json', JSON.stringify({ model: 'fake/fake-1', provider }));
      return { OPENCODE_DISABLE_AUTOUPDATE: 'true', OPENCODE_DISABLE_MODELS_FETCH: 'true' };
    },
  },
  {
    name: 'qwen-code',
    ...{ package: '@qwen-code/qwen-code', version: '0.24.4', executable: 'qwen' },
    configure(home, url) {
      settings(home, '.qwen/settings.json', JSON.stringify({ security: { auth: { selectedType: 'openai' } } }));
      return { OPENAI_API_KEY: 'any', OPENAI_BASE_URL: `${url}/v1`, OPENAI_MODEL: 'fake-1' };
    },
  },
  {
    name: 'gemini',
    ...{ package: '@google/gemini-cli', version: '0.61.0', executable: 'gemini' },
    configure(home, url) {
      const quiet = { privacy: { usageStatisticsEnabled: false }, general: { disableAutoUpdate: true } };
      const security = { auth: { selectedType: 'gemini-api-key' } };
      settings(home, '.gemini/settings.json', JSON.stringify({ ...quiet, security }));
      return { GEMINI_API_KEY: 'any', GOOGLE_GEMINI_BASE_URL: url, GEMINI_MODEL: 'gemini-2.5-flash' };
    },
  },
  {
    name: 'codex',
    ...{ package: '@agentclientprotocol/codex-acp', version: '2.6.0', executable: 'codex-acp' },
    tellsLength: true,
    tells429: true,
    remarks: { title: 'Hi', contextTokens: 258_400 },
    configure(home, url) {
      const config = `model = "fake-1"
model_provider = "fake"
[model_providers.fake]
name = "Fake"
base_url = "${url}/v1"
wire_api = "responses"
env_key = "FAKE_API_KEY"
request_max_retries = 0
stream_max_retries = 0
`;
      settings(home, '.codex/config.toml', config);
      return { CODEX_HOME: join(home, '.codex'), FAKE_API_KEY: 'any' };
    },
  },
  {
    name: 'claude',
    ...{ package: '@agentclientprotocol/claude-agent-acp', version: '0.101.0', executable: 'claude-agent-acp' },
    tellsLength: true,
    remarks: { title: 'Hi', contextTokens: 1_000_000, cost: { currency: 'USD' } },
    configure(_, url) {
      return {
        ANTHROPIC_BASE_URL: url,
        ANTHROPIC_API_KEY: 'any',
        CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
        CLAUDE_CODE_MAX_RETRIES: '0',
      };
    },
  },
];
