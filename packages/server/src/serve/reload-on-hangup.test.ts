import { describe, expect, it } from 'vitest';
import { reloadOnHangup } from './reload-on-hangup.js';

function start({ platform = 'linux', terminal = false, fails = false } = {}) {
  const said: string[] = [];
  let hangUp: () => void = () => said.push('not heard');
  let hasTerminal = terminal;
  reloadOnHangup({
    reload() {
      said.push('reload');
      if (fails) throw new Error('no');
    },
    stop: (reason) => said.push(reason),
    host: {
      platform,
      on(_, listener) {
        hangUp = listener;
      },
      hasTerminal: () => hasTerminal,
    },
  });
  return {
    said,
    hangUp: () => hangUp(),
    closeTerminal() {
      hasTerminal = false;
    },
  };
}

describe('reloadOnHangup()', () => {
  it.each([true, false])('a terminal that is there or never was (%s) - reloads, each time', (terminal) => {
    const { said, hangUp } = start({ terminal });
    hangUp();
    hangUp();
    expect(said).toEqual(['reload', 'reload']);
  });

  it('settings that make no sense - it goes on', () => {
    const { said, hangUp } = start({ fails: true });
    hangUp();
    hangUp();
    expect(said).toEqual(['reload', 'reload']);
  });

  it('the terminal it was started from is closed - stops', () => {
    const { said, hangUp, closeTerminal } = start({ terminal: true });
    closeTerminal();
    hangUp();
    expect(said).toEqual(['the terminal is gone']);
  });

  it('Windows - is not listened to', () => {
    const { said, hangUp } = start({ platform: 'win32' });
    hangUp();
    expect(said).toEqual(['not heard']);
  });
});
