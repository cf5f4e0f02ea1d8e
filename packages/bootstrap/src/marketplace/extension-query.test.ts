import { describe, expect, it } from 'vitest';
import { chooseVersion, packageAddress, queryAddress, queryBody } from './extension-query.js';

const ASSET = 'Microsoft.VisualStudio.Services.VSIXPackage';
const store = { publisher: 'Alibaba-Cloud', extension: 'tongyi-lingma', url: 'https://marketplace.visualstudio.com' };
const vspackage = (version: string): string =>
  `https://marketplace.visualstudio.com/_apis/public/gallery/publishers/Alibaba-Cloud/vsextensions/tongyi-lingma/${version}/vspackage`;

const version = (name: string, more: Readonly<Record<string, unknown>> = {}) => ({
  version: name,
  files: [
    { assetType: 'Microsoft.VisualStudio.Code.Manifest', source: 'https://x/manifest' },
    { assetType: ASSET, source: `https://x/${name}` },
  ],
  fallbackAssetUri: `https://y/${name}`,
  properties: [],
  ...more,
});
const preRelease = { properties: [{ key: 'Microsoft.VisualStudio.Code.PreRelease', value: 'true' }] };
const answer = (...versions: readonly unknown[]) => ({ results: [{ extensions: [{ versions }] }] });
const choose = (given: unknown, wanted?: string) =>
  chooseVersion(given, { platform: 'x86_64_linux', version: wanted }, store);

describe('queryBody()', () => {
  it('latest - asks for one version of one extension', () => {
    expect(JSON.parse(queryBody(store, 'latest'))).toEqual({
      filters: [
        {
          criteria: [
            { filterType: 7, value: 'Alibaba-Cloud.tongyi-lingma' },
            { filterType: 8, value: 'Microsoft.VisualStudio.Code' },
            { filterType: 12, value: '4096' },
          ],
          ...{ pageNumber: 1, pageSize: 1, sortBy: 0, sortOrder: 0 },
        },
      ],
      assetTypes: [],
      flags: 914,
    });
  });

  it('all - without the flag for the latest alone', () => {
    expect(JSON.parse(queryBody(store, 'all'))).toMatchObject({ flags: 914 & ~0x200 });
  });
});

describe('chooseVersion()', () => {
  it('the first release for this machine, and where it may be had', () => {
    expect(choose(answer(version('2.8.0', preRelease), version('2.7.0'), version('2.6.0')))).toEqual({
      version: '2.7.0',
      addresses: ['https://x/2.7.0', `https://y/2.7.0/${ASSET}`, vspackage('2.7.0')],
    });
  });

  it.each([
    ['for another machine', [version('2.7.0', { targetPlatform: 'darwin-arm64' })]],
    ['before its release', [version('2.7.0', preRelease)]],
    ['no version', [{ files: [] }, null, 'x']],
  ])('only such as are %s - none', (_name, versions) => {
    expect(choose(answer(...versions))).toBeUndefined();
  });

  it('one version for several machines - the own one before the one for all', () => {
    const own = version('2.7.0', { targetPlatform: 'linux-x64', files: [{ assetType: ASSET, source: 'https://own' }] });
    const found = choose(answer(version('2.7.0', { targetPlatform: 'win32-x64' }), version('2.7.0'), own));
    expect(found?.addresses[0]).toBe('https://own');
  });

  it('a certain one - also before its release', () => {
    expect(choose(answer(version('2.8.0', preRelease), version('2.7.0')), '2.8.0')?.version).toBe('2.8.0');
    expect(choose(answer(version('2.8.0')), '2.7.0')).toBeUndefined();
  });

  it('nothing but its name - the address that needs no more', () => {
    expect(choose(answer({ version: '2.7.0' }))?.addresses).toEqual([vspackage('2.7.0')]);
  });

  it('no extension - none', () => {
    expect(choose({ results: [{ extensions: [] }] })).toBeUndefined();
    expect(choose({ results: [] })).toBeUndefined();
  });

  it.each([null, 'x', 1, {}, { results: 1 }, { error: { results: [] } }])('%j - is no answer', (given) => {
    expect(() => choose(given)).toThrow('query_failed');
  });
});

it.each(['https://store.example', 'https://store.example/', 'https://store.example/_apis/public/gallery'])(
  'a store at %s - is asked at its gallery',
  (url) => {
    expect(queryAddress(url)).toBe('https://store.example/_apis/public/gallery/extensionquery');
    expect(packageAddress({ ...store, url }, '1.0/x')).toContain('/1.0%2Fx/vspackage');
  },
);
