import { afterEach, describe, expect, it } from 'vitest';
import { makeVsix } from './vsix.js';
import { createVsixStore, type StoreBehaviour, type VsixStore } from './vsix-store.js';

let store: VsixStore | undefined;
afterEach(() => store?.close());

const vsix = makeVsix();
const open = async (behaviour: StoreBehaviour): Promise<VsixStore> => {
  store = await createVsixStore({ vsix, ...behaviour });
  return store;
};

interface Answer {
  readonly results: readonly {
    readonly extensions: readonly {
      readonly versions: readonly {
        readonly version: string;
        readonly files: readonly { readonly source: string }[];
      }[];
    }[];
  }[];
}

async function query({ url }: VsixStore, flags = 914, name = 'Alibaba-Cloud.tongyi-lingma') {
  const body = JSON.stringify({ filters: [{ criteria: [{ filterType: 7, value: name }] }], flags });
  const response = await fetch(`${url}/_apis/public/gallery/extensionquery`, { method: 'POST', body });
  const answer = (await response.json()) as Answer;
  return answer.results[0]?.extensions[0]?.versions ?? [];
}

describe('the marketplace', () => {
  const versions = [{ version: '2.8.0', preRelease: true }, { version: '2.7.0' }];

  it('the flag for the latest - one version; without it, all', async () => {
    const { length } = await query(await open({ versions }));
    expect(length).toBe(1);
    expect((await query(store as VsixStore, 914 & ~0x200)).map(({ version }) => version)).toEqual(['2.8.0', '2.7.0']);
  });

  it('another extension - none', async () => {
    expect(await query(await open({ versions }), 914, 'some.other')).toEqual([]);
  });

  it('a file of a version - is where it says', async () => {
    const [first] = await query(await open({}));
    const response = await fetch(first?.files.at(-1)?.source ?? '');
    expect(Buffer.from(await response.arrayBuffer()).equals(vsix)).toBe(true);
  });
});

describe('the package', () => {
  const get = (headers: Readonly<Record<string, string>> = {}) =>
    fetch(store?.vsixUrl ?? '', { headers, redirect: 'manual' });

  it('a range with the validator that was told - the rest', async () => {
    await open({});
    const etag = (await get()).headers.get('etag') ?? '';
    const rest = await get({ range: 'bytes=10-', 'if-range': etag });
    expect(rest.status).toBe(206);
    expect(rest.headers.get('content-range')).toBe(`bytes 10-${vsix.length - 1}/${vsix.length}`);
    expect(Buffer.from(await rest.arrayBuffer()).equals(vsix.subarray(10))).toBe(true);
    expect((await get({ range: 'bytes=10-', 'if-range': '"other"' })).status).toBe(200);
    expect((await get({ range: `bytes=${vsix.length}-`, 'if-range': etag })).status).toBe(416);
    expect((await get({ 'if-none-match': etag })).status).toBe(304);
  });

  it.each<[string, StoreBehaviour]>([
    ['cut', { cutAfter: 100 }],
    ['too short', { extraLength: 10 }],
  ])('%s - the body fails', async (_name, behaviour) => {
    await open(behaviour);
    const response = await get();
    await expect(response.arrayBuffer()).rejects.toThrow();
  });

  it.each<[string, StoreBehaviour, number, string | null]>([
    ['sent on', { redirects: 2 }, 302, '/hop/1'],
    ['sent elsewhere', { redirectTo: 'http://169.254.169.254/' }, 302, 'http://169.254.169.254/'],
    ['refused', { status: 403 }, 403, null],
  ])('%s', async (_name, behaviour, status, location) => {
    await open(behaviour);
    const response = await get();
    await response.text();
    expect([response.status, response.headers.get('location')]).toEqual([status, location]);
  });
});
