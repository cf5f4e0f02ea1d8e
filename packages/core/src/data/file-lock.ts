/** One change of a file at a time, over all processes of this machine. */
import { setTimeout as sleep } from 'node:timers/promises';
import { GatewayError } from '../chat/index.js';
import { lockFile } from '../lingma/index.js';

/** A change takes a few milliseconds. */
const TRIES = 200;
const WAIT_MS = 25;

/** @throws GatewayError `not_ready` where others are at it all the time */
export async function withFileLock<Result>(path: string, change: () => Promise<Result>): Promise<Result> {
  const lock = await takeLock(path);
  try {
    return await change();
  } finally {
    await lock.release();
  }
}

async function takeLock(path: string): ReturnType<typeof lockFile> {
  const texts = {
    held: 'Somebody else is changing this file all the time; try again.',
    unwritable: 'The data folder cannot be written to.',
  };
  for (let tries = 0; ; tries++) {
    try {
      return await lockFile(path, texts);
    } catch (error) {
      if (!(error instanceof GatewayError) || error.message === texts.unwritable || tries >= TRIES) throw error;
      await sleep(WAIT_MS);
    }
  }
}
