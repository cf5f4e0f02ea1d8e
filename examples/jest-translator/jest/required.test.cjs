/** Jest as it comes: CommonJS. */
const chat = require('@lingma-gateway/core/chat');
const wire = require('@lingma-gateway/core/wire');
const { casesOf } = require('../cases.cjs');
const { readStream } = require('../read-stream.cjs');

test.each(casesOf(wire, chat))('readStream() - $name', ({ stream, told }) => {
  expect(readStream(stream)).toEqual(told);
});
