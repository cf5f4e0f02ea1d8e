/** What is tested: an app's own reader of OpenAI's streams. It is CommonJS, as many apps are. */

/** @returns {{ text: string, error?: string }} what a stream says, and what it failed with */
exports.readStream = function readStream(stream) {
  let text = '';
  for (const [, data] of stream.matchAll(/^data: (.*)$/gm)) {
    if (data === '[DONE]') return { text };
    const frame = JSON.parse(data);
    if (frame.error !== undefined) return { text, error: frame.error.message };
    text += frame.choices[0]?.delta.content ?? '';
  }
  return { text, error: 'cut off' };
};
