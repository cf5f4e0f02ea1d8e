/** `lingma-gateway models`: what clients may put into `model`. */
import type { ModelInfo } from '@lingma-gateway/core/chat';
import { withSomeLingma } from '../operator/lingma-session.js';
import { renderTable } from '../terminal/table.js';
import type { Messages } from '../text/messages.js';
import type { RunCommand } from './run-command.js';

export const models: RunCommand = async ({ flags }, terminal) => {
  const { text } = terminal;
  const print = (list: readonly object[], table: () => string): void =>
    terminal.print(flags.json === true ? `${JSON.stringify(list, null, 2)}\n` : table());
  await withSomeLingma('models', flags, terminal, {
    lingma: async ({ composition, logger }) => {
      const { signal } = new AbortController();
      const list = await composition.gateway.channel.listModels({ requestId: 'models', signal, logger });
      print(list, () => modelTable(list, text));
    },
    gateway: async (gateway) => {
      const list = await gateway.listModels();
      print(list, () =>
        renderTable(
          text.models.head.slice(0, 2),
          list.map(({ id, name }) => [id, name]),
        ),
      );
    },
  });
};

function modelTable(list: readonly ModelInfo[], { models: text }: Messages): string {
  const yes = (value: boolean): string => (value ? text.yes : '');
  return renderTable(
    text.head,
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
