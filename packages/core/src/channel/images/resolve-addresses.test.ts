import { describe, expect, it, vi } from 'vitest';
import { type NameResolver, resolveAddresses } from './resolve-addresses.js';

const { signal: never } = new AbortController();
const failing = (code: string) => (): Promise<string[]> => Promise.reject(Object.assign(new Error(code), { code }));

describe('resolveAddresses()', () => {
  it('both families, one of them is enough', async () => {
    const resolver: NameResolver = {
      resolve4: async () => ['8.8.8.8'],
      resolve6: async () => ['2606:4700::1'],
      cancel: () => undefined,
    };
    expect(await resolveAddresses('a.test', never, resolver)).toEqual(['8.8.8.8', '2606:4700::1']);
    const single = { ...resolver, resolve6: failing('ENODATA') };
    expect(await resolveAddresses('a.test', never, single)).toEqual(['8.8.8.8']);
  });

  it('neither - the failure is told', async () => {
    const resolver = { resolve4: failing('ENOTFOUND'), resolve6: failing('ENODATA'), cancel: () => undefined };
    await expect(resolveAddresses('a.test', never, resolver)).rejects.toMatchObject({ code: 'ENOTFOUND' });
  });

  it('abort - cancels what is asked and ends with the reason', async () => {
    const controller = new AbortController();
    const ends: ((error: Error) => void)[] = [];
    const wait = (): Promise<string[]> => new Promise((_, reject) => ends.push(reject));
    const cancel = vi.fn(() => {
      for (const end of ends) end(new Error('cancelled'));
    });
    const pending = resolveAddresses('a.test', controller.signal, { resolve4: wait, resolve6: wait, cancel });
    controller.abort(new Error('gone'));
    await expect(pending).rejects.toThrow('gone');
    expect(cancel).toHaveBeenCalledOnce();
  });
});
