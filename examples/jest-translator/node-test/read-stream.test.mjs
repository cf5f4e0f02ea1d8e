import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as chat from '@lingma-gateway/core/chat';
import * as wire from '@lingma-gateway/core/wire';
import { casesOf } from '../cases.cjs';
import { readStream } from '../read-stream.cjs';

for (const { name, stream, told } of casesOf(wire, chat)) {
  test(`readStream() - ${name}`, () => assert.deepEqual(readStream(stream), told));
}
