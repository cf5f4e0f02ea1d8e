import { describe, expect, it, vi } from 'vitest';
import { scrubSecrets } from './scrub-secrets.js';

const fake = (env: Record<string, string>, argv: string[] = [], platform: NodeJS.Platform = 'linux') => ({
  env: { ...env },
  argv,
  platform,
  title: 'node',
});

describe('scrubSecrets()', () => {
  it('the variables of secret settings - go, all others stay', () => {
    const process = fake({ LINGMA_GATEWAY_API_KEYS: 'sk-1', API_KEYS: 'sk-2', PATH: '/bin' });
    const overwrite = vi.fn();
    expect(scrubSecrets({ process, overwrite })).toEqual({ found: true, hidden: true });
    expect(process.env).toEqual({ PATH: '/bin' });
    expect([...(overwrite.mock.calls[0]?.[0] ?? [])]).toEqual(['LINGMA_GATEWAY_API_KEYS', 'API_KEYS']);
    expect(process.title).toBe('node');
  });

  it('nothing secret - nothing is touched', () => {
    const overwrite = vi.fn();
    expect(scrubSecrets({ process: fake({ PATH: '/bin' }), overwrite }).found).toBe(false);
    expect(overwrite).not.toHaveBeenCalled();
  });

  it.each([['--api-keys', 'sk-1'], ['--api-keys=sk-1']])('a key in the arguments, %s - the arguments go', (...argv) => {
    const process = fake({}, argv);
    expect(scrubSecrets({ process }).found).toBe(true);
    expect(process.title).toBe('lingma-gateway');
  });

  it('where our memory can not be written, or elsewhere than on Linux - said, and the variables go all the same', () => {
    const overwrite = (): void => {
      throw new Error('EPERM');
    };
    for (const platform of ['linux', 'darwin'] as const) {
      const process = fake({ API_KEYS: 'sk-1' }, [], platform);
      expect(scrubSecrets({ process, overwrite })).toEqual({ found: true, hidden: false });
      expect(process.env).toEqual({});
    }
  });
});
