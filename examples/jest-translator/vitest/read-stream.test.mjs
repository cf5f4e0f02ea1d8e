import * as chat from '@lingma-gateway/core/chat';
import * as wire from '@lingma-gateway/core/wire';
import { expect, test } from 'vitest';
import { casesOf } from '../cases.cjs';
import { readStream } from '../read-stream.cjs';

test.each(casesOf(wire, chat))('readStream() - $name', ({ stream, told }) => {
  expect(readStream(stream)).toEqual(told);
});
