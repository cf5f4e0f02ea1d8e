import { describe, expect, it } from 'vitest';
import { lateModule, loadModule } from './load-module.js';

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

describe('lateModule()', () => {
  it('asked by many at once - is loaded once, and there from then on', async () => {
    let loads = 0;
    const late = lateModule(async () => ({ load: ++loads }));
    expect(late.loaded).toBeUndefined();
    const [one, other] = await Promise.all([late.load(), late.load()]);
    expect(one).toBe(other);
    expect(late.loaded).toBe(one);
    expect(await late.load()).toBe(one);
    expect(loads).toBe(1);
  });

  it('a load that fails - is tried again by the next', async () => {
    let loads = 0;
    const late = lateModule(() => (++loads === 1 ? Promise.reject(new Error('EMFILE')) : Promise.resolve('there')));
    await expect(late.load()).rejects.toMatchObject({ code: 'not_ready', retryAfterMs: 2_000 });
    expect(late.loaded).toBeUndefined();
    await expect(late.load()).resolves.toBe('there');
    expect(late.loaded).toBe('there');
  });
});
