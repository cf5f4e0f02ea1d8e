import { describe, expect, it } from 'vitest';
import { GatewayError } from '../../chat/index.js';
import type { LoginPort, LoginTask } from '../../lingma/index.js';
import { LoginLimits } from './login-limits.js';

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** A port whose logins run until the test ends them. */
function setUp() {
  const running: { readonly name: unknown; readonly end: (error?: Error) => void }[] = [];
  const port: LoginPort = {
    canLogin: (credentials) => credentials !== 'none',
    login: ({ account }) =>
      new Promise((resolve, reject) => {
        const one = {
          name: account,
          end: (error?: Error) => {
            running.splice(running.indexOf(one), 1);
            if (error === undefined) resolve();
            else reject(error);
          },
        };
        running.push(one);
      }),
  };
  const limits = new LoginLimits(port);
  const logIn = (account: string, name: string, signal = new AbortController().signal): Promise<void> =>
    limits.of(account).login({ account: name, signal } as LoginTask);
  const end = async (name: string, error?: Error): Promise<void> => {
    running.find((one) => one.name === name)?.end(error);
    await settled();
  };
  return { limits, logIn, end, names: () => running.map(({ name }) => name) };
}

describe('LoginLimits', () => {
  it('many at once - two run, one of an account, the others in their order', async () => {
    const { logIn, end, names } = setUp();
    const all = [logIn('x', 'x1'), logIn('x', 'x2'), logIn('y', 'y1'), logIn('z', 'z1')];
    await settled();
    expect(names()).toEqual(['x1', 'y1']);
    await end('y1');
    expect(names()).toEqual(['x1', 'z1']);
    await end('x1');
    expect(names()).toEqual(['z1', 'x2']);
    await end('z1');
    await end('x2');
    await Promise.all(all);
  });

  it('one that fails, or is given up while it waits - makes room', async () => {
    const { logIn, end, names } = setUp();
    const failed = expect(logIn('x', 'x1')).rejects.toThrow('no');
    const controller = new AbortController();
    const given = expect(logIn('x', 'x2', controller.signal)).rejects.toMatchObject({ code: 'shutting_down' });
    const last = logIn('x', 'x3');
    await settled();
    controller.abort(new GatewayError('shutting_down', 'closed'));
    await given;
    await end('x1', new Error('no'));
    await failed;
    expect(names()).toEqual(['x3']);
    await end('x3');
    await last;
  });

  it('canLogin() - is the port’s', () => {
    const { limits } = setUp();
    expect([limits.of('x').canLogin('some'), limits.of('x').canLogin('none')]).toEqual([true, false]);
  });
});
