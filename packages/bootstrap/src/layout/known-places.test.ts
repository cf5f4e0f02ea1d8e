import { describe, expect, it } from 'vitest';
import { knownPlaces } from './known-places.js';

describe('knownPlaces()', () => {
  const paths = (node: NodeJS.Platform, platform: Parameters<typeof knownPlaces>[0]['platform'], env = {}) => {
    const [homedir, bin] = node === 'win32' ? ['C:\\Users\\me', 'D:\\data\\bin'] : ['/home/me', '/data/bin'];
    return knownPlaces({ node, platform, homedir, bin, env }).map(({ path }) => path);
  };

  it('Linux - the own one, the one that is named, the plug-in, then applications', () => {
    const places = paths('linux', 'x86_64_linux', { LINGMA_SERVICE_BINARY: '/srv/Lingma' });
    expect(places.slice(0, 3)).toEqual(['/data/bin', '/srv/Lingma', '/home/me/.lingma/bin']);
    expect(places).toContain('/opt/Lingma/resources/app/resources/bin/x86_64_linux');
  });

  it('macOS - applications of all and of the user', () => {
    expect(paths('darwin', 'aarch64_darwin')).toEqual([
      '/data/bin',
      '/home/me/.lingma/bin',
      '/Applications/Lingma.app/Contents/Resources/app/resources/bin/aarch64_darwin',
      '/home/me/Applications/Lingma.app/Contents/Resources/app/resources/bin/aarch64_darwin',
      '/Applications/QoderCN.app/Contents/Resources/app/resources/bin/aarch64_darwin',
      '/home/me/Applications/QoderCN.app/Contents/Resources/app/resources/bin/aarch64_darwin',
    ]);
  });

  it('Windows - programs of the user and of all, where the system names their folders', () => {
    const env = { LOCALAPPDATA: 'C:\\Local', ProgramFiles: 'C:\\Program Files' };
    expect(paths('win32', 'x86_64_windows', env)).toEqual([
      'D:\\data\\bin',
      'C:\\Users\\me\\.lingma\\bin',
      'C:\\Local\\Programs\\Lingma\\resources\\app\\resources\\bin\\x86_64_windows',
      'C:\\Program Files\\Lingma\\resources\\app\\resources\\bin\\x86_64_windows',
      'C:\\Local\\Programs\\QoderCN\\resources\\app\\resources\\bin\\x86_64_windows',
      'C:\\Program Files\\QoderCN\\resources\\app\\resources\\bin\\x86_64_windows',
    ]);
    expect(paths('win32', 'x86_64_windows')).toHaveLength(2);
  });
});
