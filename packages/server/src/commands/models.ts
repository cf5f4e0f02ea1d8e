/** `lingma-gateway models`: what clients may put into `model`. */
import type { ModelInfo } from '@lingma-gateway/core/chat';
import { type ArgsDef, defineCommand } from 'citty';
import { lingmaArgs, loadClientSettings, withLingma } from '../lingma-session.js';
import { renderTable } from '../table.js';

const MODELS_ARGS: ArgsDef = { json: { type: 'boolean', description: 'Print JSON.' }, ...lingmaArgs() };

export const models = defineCommand({
  meta: { name: 'models', description: 'List the models that Lingma offers' },
  args: MODELS_ARGS,
  async run({ args }) {
    const list = await withLingma(loadClientSettings(args), ({ composition, logger }) => {
      const { signal } = new AbortController();
      return composition.gateway.channel.listModels({ requestId: 'models', signal, logger });
    });
    process.stdout.write(args.json === true ? `${JSON.stringify(list, null, 2)}\n` : modelTable(list));
  },
});

function modelTable(list: readonly ModelInfo[]): string {
  const yes = (value: boolean): string => (value ? 'yes' : '');
  return renderTable(
    ['MODEL', 'NAME', 'DEFAULT', 'REASONING', 'IMAGES', 'INPUT TOKENS'],
    list.map((model) => [
      model.id,
      model.displayName,
      yes(model.isDefault),
      yes(model.supportsReasoning),
      yes(model.supportsImages),
      model.maxInputTokens === undefined ? '' : String(model.maxInputTokens),
    ]),
  );
}
