import { describe, expect, it } from 'vitest';
import { resolveSwitches } from '../process/profiles.js';
import { flagName, SWITCH_TABLE, type SwitchName } from '../process/switch-table.js';
import { CommandLineError, helpText, parseCommandLine } from './command-line.js';

describe('parseCommandLine', () => {
  it('reads the real program’s start', () => {
    const line = parseCommandLine(
      'start --workDir /tmp/x --socketPort 37011 --httpPort=37511 --transportType ws --endpoint e --copyDataDir d'.split(
        ' ',
      ),
    );
    expect(line).toMatchObject({
      command: 'start',
      workDir: '/tmp/x',
      socketPort: 37011,
      httpPort: 37511,
      switches: {},
    });
  });

  it('reads version and status', () => {
    expect(parseCommandLine(['version']).command).toBe('version');
    expect(parseCommandLine(['status', '-o', 'json', '--workDir', 'd'])).toMatchObject({
      command: 'status',
      output: 'json',
    });
  });

  it('reads switches of every kind', () => {
    const { switches, profile } = parseCommandLine(
      'start --workDir d --profile lingma-2.11 --acp silent --frames=split --logged-out --no-title-update --events-as-requests=false --broadcast true --slow-start 250 --max-clients 3 --ws-path /x'.split(
        ' ',
      ),
    );
    expect(profile).toBe('lingma-2.11');
    expect(switches).toEqual({
      acp: 'silent',
      frames: 'split',
      loggedOut: true,
      titleUpdate: false,
      eventsAsRequests: false,
      broadcast: true,
      slowStartMs: 250,
      maxClients: 3,
      wsPath: '/x',
    });
  });

  it.each([
    ['', 'no command'],
    ['begin', 'unknown command'],
    ['start', 'needs --workDir'],
    ['start --workDir d --acp maybe', 'one of present, absent, silent'],
    ['start --workDir d --slow-start soon', 'whole number'],
    ['start --workDir d --logged-out=perhaps', 'true or false'],
    ['start --workDir d --socketPort 70000', 'port number'],
    ['start --workDir d --wat', 'unknown flag: --wat'],
    ['start --workDir d --profile other', 'unknown profile'],
    ['start --workDir', 'needs a value'],
    ['start again', 'unexpected argument'],
  ])('refuses %j', (text, problem) => {
    const parse = () => parseCommandLine(text.split(' ').filter((word) => word !== ''));
    expect(parse).toThrow(CommandLineError);
    expect(parse).toThrow(problem);
  });
});

describe('helpText', () => {
  it('lists every switch with its default', () => {
    const help = helpText();
    for (const name of Object.keys(SWITCH_TABLE) as SwitchName[]) expect(help).toContain(`--${flagName(name)}`);
    expect(help).toContain('--acp present|absent|silent');
    expect(help).toContain('--profile NAME');
  });
});

describe('resolveSwitches', () => {
  it('puts what is given over the profile over the defaults', () => {
    expect(resolveSwitches(undefined, {})).toMatchObject({
      acp: 'present',
      thinking: 'delta',
      serverVersion: '2.11.1',
    });
    expect(resolveSwitches('qodercn-1.26', {})).toMatchObject({
      serverName: 'qodercn',
      wsPath: '/ws',
      thinking: 'fence',
    });
    expect(resolveSwitches('lingma-2.11', { acp: 'present' })).toMatchObject({ acp: 'present', emptyDeltas: true });
  });
});
