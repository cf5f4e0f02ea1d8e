import { describe, expect, it } from 'vitest';
import { loadModule } from './load-module.js';

const failing = (code: string, missing?: string) =>
  loadModule(() => Promise.reject(Object.assign(new Error(code), { code })), missing);

describe('loadModule()', () => {
  it.each(['ERR_MODULE_NOT_FOUND', 'MODULE_NOT_FOUND'])(
    'an optional module that is not installed (%s) - says what to install, and asks for no second try',
    async (code) => {
      await expect(failing(code, 'npm i colours')()).rejects.toMatchObject({
        code: 'not_ready',
        message: 'npm i colours',
        shouldRetry: false,
        retryAfterMs: undefined,
        cause: { code },
      });
    },
  );

  it.each([
    ['EMFILE', 'npm i colours'],
    ['ERR_MODULE_NOT_FOUND', undefined],
  ])('a failure that may pass (%s) - asks to come back', async (code, missing) => {
    await expect(failing(code, missing)()).rejects.toMatchObject({
      code: 'not_ready',
      shouldRetry: undefined,
      retryAfterMs: 2_000,
    });
  });

  it('an optional module that gets installed - is there at the next call', async () => {
    let installed = false;
    const load = loadModule(
      () =>
        installed ? Promise.resolve('there') : Promise.reject(Object.assign(new Error(), { code: 'MODULE_NOT_FOUND' })),
      'npm i colours',
    );
    await expect(load()).rejects.toMatchObject({ message: 'npm i colours' });
    installed = true;
    await expect(load()).resolves.toBe('there');
  });
});
