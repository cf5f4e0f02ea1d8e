/** What three test runners hold the reader against: streams as the gateway writes them, made by its own translators. */

/** @param {typeof import('@lingma-gateway/core/wire')} wire @param {typeof import('@lingma-gateway/core/chat')} chat */
exports.casesOf = ({ encodeEvents, parseRequest }, { GatewayError }) => {
  const { response } = parseRequest('openai-chat', {
    model: 'gpt-x',
    stream: true,
    messages: [{ role: 'user', content: 'Hello!' }],
  });
  const start = { type: 'response-start', responseId: 'r1', model: 'm', createdAt: 1_700_000_000_000, warnings: [] };
  const usage = { inputTokens: 1, outputTokens: 2, origin: 'reported' };
  const end = { type: 'response-end', finishReason: 'stop', usage };
  const text = (...deltas) => [
    { type: 'text-start', id: 't' },
    ...deltas.map((delta) => ({ type: 'text-delta', id: 't', delta })),
    { type: 'text-end', id: 't' },
  ];
  function* failing() {
    yield* [start, ...text('Hel')];
    throw new GatewayError('upstream_error', 'Lingma failed');
  }
  return [
    {
      name: 'words in pieces',
      stream: encodeEvents('openai-chat', [start, ...text('Hel', 'lo, 世界'), end], response),
      told: { text: 'Hello, 世界' },
    },
    { name: 'nothing', stream: encodeEvents('openai-chat', [start, end], response), told: { text: '' } },
    {
      name: 'a failure on the way',
      stream: encodeEvents('openai-chat', failing(), response),
      told: { text: 'Hel', error: 'Lingma failed' },
    },
  ];
};
