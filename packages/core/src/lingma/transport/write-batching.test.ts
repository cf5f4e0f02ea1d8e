import { Socket } from 'node:net';
import { expect, it } from 'vitest';
import { createBatchedWrites } from './write-batching.js';

/** A socket that tells what each system call would take. */
function recordingSocket() {
  const calls: string[] = [];
  const socket = new Socket();
  socket._writev = (chunks, done) => {
    calls.push(chunks.map(({ chunk }) => String(chunk)).join(' '));
    done();
  };
  socket._write = (chunk, _encoding, done) => {
    calls.push(String(chunk));
    done();
  };
  return { calls, socket };
}

it('batched writes - what one event and its promises write leaves at once; the next event has a write of its own', async () => {
  const { calls, socket } = recordingSocket();
  const beforeWrite = createBatchedWrites(socket);
  const write = (text: string): void => {
    beforeWrite();
    socket.write(text);
  };
  const nextEvent = () => new Promise((resolve) => setImmediate(resolve));
  await nextEvent();
  write('answer');
  write('answer');
  // Deeper than any chain between a turn's end and the deletion of its session.
  let chain = Promise.resolve();
  for (let step = 0; step < 20; step++) chain = chain.then(() => undefined);
  void chain.then(() => write('deletion'));
  await nextEvent();
  write('session');
  await nextEvent();
  expect(calls).toEqual(['answer answer deletion', 'session']);
});
