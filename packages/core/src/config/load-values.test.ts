import { describe, expect, it } from 'vitest';
import { ConfigError, describeSettings, loadConfig } from './index.js';
import { REGISTRY } from './schema.js';

/** What `load` makes of a text at one setting: its value, or `refused`. */
function readSetting(path: string, sources: Parameters<typeof loadConfig>[0]): unknown {
  try {
    const [section = '', key = ''] = path.split('.');
    return (loadConfig(sources).config as unknown as Record<string, Record<string, unknown>>)[section]?.[key];
  } catch (error) {
    if (error instanceof ConfigError) return 'refused';
    throw error;
  }
}

const numbers = REGISTRY.filter(({ path }) => describeSettings().find((row) => row.path === path)?.kind === 'number');

describe('numbers', () => {
  it.each(numbers)('$path - nothing written is nothing set, never 0', ({ path, setting, section, key }) => {
    const standard = readSetting(path, {});
    for (const blank of ['', ' ', '\t\n']) {
      for (const name of setting.env) {
        const env = { [typeof name === 'string' ? name : name.name]: blank };
        expect(readSetting(path, { env })).toEqual(standard);
      }
      if (setting.flag !== undefined)
        expect(readSetting(path, { flags: { [setting.flag.name]: blank } })).toBe('refused');
      const text = JSON.stringify({ [section]: { [key]: blank } });
      expect(readSetting(path, { file: { name: 'a.json', text } })).toBe('refused');
    }
  });

  it.each([
    ['1500', 1500],
    ['+5', 5],
    ['90s', 90_000],
    ['1.5m', 90_000],
    ['2 h', 7_200_000],
    ['500MS', 500],
    // Less than one is not none.
    ['0.2', 'refused'],
    ['0.0001s', 1],
    ['0x10', 'refused'],
    ['1e3', 'refused'],
    ['12 apples', 'refused'],
    ['s', 'refused'],
    ['Infinity', 'refused'],
    // More than a timer holds would strike at once.
    ['2147483647', 2_147_483_647],
    ['2147483648', 'refused'],
    ['25000h', 'refused'],
  ])('a duration of %j is %s', (text, expected) => {
    expect(readSetting('lingma.rpcTimeoutMs', { env: { LINGMA_GATEWAY_RPC_TIMEOUT_MS: text } })).toBe(expected);
  });

  it.each([
    ['0', 0],
    ['0.0', 0],
    ['0.0001', 1],
    ['30', 30_000],
    ['2m', 120_000],
    ['-1', 'refused'],
    ['none', 'refused'],
  ])('seconds: %j is %s ms, by flag and by the older name', (text, expected) => {
    expect(readSetting('lingma.totalTimeoutMs', { flags: { timeout: text } })).toBe(expected);
    expect(readSetting('lingma.totalTimeoutMs', { env: { LINGMA_PROXY_TIMEOUT_SECONDS: text } })).toBe(expected);
  });

  it.each([
    ['GATEWAY_MAX_IN_FLIGHT', '4', 'admission.maxInFlight', 4],
    ['GATEWAY_MAX_IN_FLIGHT', '0', 'admission.maxInFlight', 0],
    ['GATEWAY_MAX_IN_FLIGHT', '-1', 'admission.maxInFlight', 0],
    ['GATEWAY_MAX_IN_FLIGHT', '1.5', 'admission.maxInFlight', 'refused'],
    ['GATEWAY_QUEUE_TIMEOUT_SEC', '2.5', 'admission.queueTimeoutMs', 2500],
    ['GATEWAY_QUEUE_TIMEOUT_SEC', '0', 'admission.queueTimeoutMs', 0],
    ['GATEWAY_QUEUE_TIMEOUT_SEC', '-5', 'admission.queueTimeoutMs', 0],
    ['LINGMA_GATEWAY_QUEUE_TIMEOUT_MS', '2.5', 'admission.queueTimeoutMs', 'refused'],
  ])('%s=%s - sets %s to %s', (name, text, path, expected) => {
    expect(readSetting(path, { env: { [name]: text } })).toBe(expected);
  });
});

describe('switches', () => {
  it.each([
    ['true', true],
    ['YES', true],
    ['on', true],
    ['1', true],
    ['No', false],
    ['off', false],
    ['0', false],
    ['maybe', 'refused'],
  ])('%j is %s', (text, expected) => {
    expect(readSetting('server.demo', { env: { LINGMA_GATEWAY_DEMO: text } })).toBe(expected);
  });

  it('nothing written - is not "on"', () => {
    expect(readSetting('server.demo', { env: { LINGMA_GATEWAY_DEMO: '' } })).toBeUndefined();
    expect(readSetting('server.demo', { flags: { demo: '' } })).toBe('refused');
  });
});
