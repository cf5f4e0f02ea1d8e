/** What a command fails with, in the language of whoever runs it. */
import { GatewayError } from '@lingma-gateway/core';

/** Told as it is: its message is in the reader's language already. Exit code 1. */
export class CommandFailure extends Error {
  override readonly name = 'CommandFailure';
}

/**
 * Runs `step`; a failure of one of these codes is told in these words.
 *
 * @throws CommandFailure for a code that has words, whatever `step` throws else
 */
export async function retold<Result>(
  words: Readonly<Record<string, string | ((message: string) => string)>>,
  step: () => Promise<Result>,
): Promise<Result> {
  try {
    return await step();
  } catch (error) {
    const told = GatewayError.isInstance(error) && Object.hasOwn(words, error.code) ? words[error.code] : undefined;
    if (told === undefined) throw error;
    const { message } = error as Error;
    throw new CommandFailure(typeof told === 'string' ? told : told(message), { cause: error });
  }
}
