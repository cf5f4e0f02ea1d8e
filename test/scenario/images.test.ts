/** Pictures in every place where clients put them, in all protocols and both dialects. */
import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PATHS, PROTOCOLS, type Protocol } from '../support/ask.js';
import { useHouse } from '../support/idle.js';
import { expectQuietProcess } from '../support/quiet-process.js';
import { type Answer, readAnswer } from '../support/read-answer.js';
import { sim } from '../support/stack.js';

expectQuietProcess();

const PIXEL = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';
const DATA_URL = `data:image/png;base64,${PIXEL}`;
const COUNT = sim({ echo: 'images' });
const VISION = 'dashscope_qmodel';

let server: Server;
let folder: string;
let port: number;
beforeAll(async () => {
  server = createServer((request, response) => {
    if (request.url === '/a.png') response.end(Buffer.from(PIXEL, 'base64'));
    else response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  port = (server.address() as AddressInfo).port;
  folder = await mkdtemp(join(tmpdir(), 'lingma-gateway-test-'));
  await writeFile(join(folder, 'a.png'), Buffer.from(PIXEL, 'base64'));
});
afterAll(async () => {
  server.closeAllConnections();
  server.close();
  await rm(folder, { recursive: true, force: true });
});

const remote = { resolve: async () => ['127.0.0.1'], isAllowed: (address: string) => address === '127.0.0.1' };

/** A picture by its address, as the protocol spells it; `base64` in the spelling of its own, where there is one. */
function image(protocol: Protocol, url: string): object {
  switch (protocol) {
    case 'chat':
      return { type: 'image_url', image_url: { url, detail: 'high' } };
    case 'responses':
      return { type: 'input_image', image_url: url, detail: 'auto' };
    case 'messages':
      return url === DATA_URL
        ? { type: 'image', source: { type: 'base64', media_type: 'image/png', data: PIXEL } }
        : { type: 'image', source: { type: 'url', url } };
  }
}

const text = (protocol: Protocol, value: string): object => ({
  type: protocol === 'responses' ? 'input_text' : 'text',
  text: value,
});
const user = (protocol: Protocol, ...parts: readonly (string | object)[]): object => ({
  role: 'user',
  content: parts.map((part) => (typeof part === 'string' ? text(protocol, part) : part)),
});

/** A call, and a result that holds a picture. */
function screenshot(protocol: Protocol): object[] {
  const picture = image(protocol, DATA_URL);
  switch (protocol) {
    case 'chat':
      return [
        {
          role: 'assistant',
          content: null,
          tool_calls: [{ id: 'call_1', type: 'function', function: { name: 'screenshot', arguments: '{}' } }],
        },
        { role: 'tool', tool_call_id: 'call_1', content: [text(protocol, 'Taken.'), picture] },
      ];
    case 'responses':
      return [
        { type: 'function_call', call_id: 'call_1', name: 'screenshot', arguments: '{}' },
        { type: 'function_call_output', call_id: 'call_1', output: [text(protocol, 'Taken.'), picture] },
      ];
    case 'messages':
      return [
        { role: 'assistant', content: [{ type: 'tool_use', id: 'call_1', name: 'screenshot', input: {} }] },
        {
          role: 'user',
          content: [{ type: 'tool_result', tool_use_id: 'call_1', content: [text(protocol, 'Taken.'), picture] }],
        },
      ];
  }
}

async function ask(
  base: string,
  protocol: Protocol,
  items: readonly object[],
  model = VISION,
  stream = false,
): Promise<Answer> {
  const body = {
    model,
    stream,
    ...(protocol === 'responses' ? { input: items } : { messages: items }),
    ...(protocol === 'messages' && { max_tokens: 1000 }),
  };
  const headers = { 'content-type': 'application/json' };
  return readAnswer(
    protocol,
    await fetch(base + PATHS[protocol], { method: 'POST', headers, body: JSON.stringify(body) }),
  );
}

describe.each(['lsp-chat', 'acp'] as const)('%s', (dialect) => {
  const house = useHouse({}, { client: { dialect }, channel: { images: { remote } } });
  const lastPrompt = (): string => house.stack.simulator.stats.prompts.at(-1)?.text ?? '';

  describe.each(PROTOCOLS)('%s', (protocol) => {
    const count = async (...items: readonly object[]): Promise<string> => {
      const answer = await ask(house.base, protocol, items);
      expect(answer.headers.get('x-lingma-warnings') ?? '').not.toContain('image');
      return answer.text;
    };

    it('inline, several, in place', async () => {
      expect(await count(user(protocol, 'What is this?', image(protocol, DATA_URL), COUNT))).toBe('1');
      expect(lastPrompt()).toMatch(/What is this\?\s+\[image\]/);
      expect(await count(user(protocol, image(protocol, DATA_URL), image(protocol, DATA_URL), COUNT))).toBe('2');
      expect(await count(user(protocol, COUNT))).toBe('0');
    });

    it('by address - fetched', async () => {
      expect(await count(user(protocol, image(protocol, `http://pictures.test:${port}/a.png`), COUNT))).toBe('1');
    });

    it('in a tool result - seen, and told in the result', async () => {
      expect(await count(user(protocol, COUNT), ...screenshot(protocol))).toBe('1');
      expect(lastPrompt()).toContain('Tool result for call_1 (screenshot):\nTaken.\n[image]');
    });

    it('of an earlier turn - when the newest speaks of it', async () => {
      const before = [user(protocol, 'Look.', image(protocol, DATA_URL)), { role: 'assistant', content: 'Red.' }];
      expect(await count(...before, user(protocol, `What colour was the picture? ${COUNT}`))).toBe('1');
      await count(...before, user(protocol, `Now tell a joke. ${sim({ text: 'Ha.' })}`));
      expect(house.stack.simulator.stats.prompts.at(-1)?.images).toBe(0);
    });

    it.each([
      'http://127.0.0.1/x.png',
      'http://169.254.169.254/latest',
      'http://pictures.test:1/none.png',
      'file:///etc/hostname',
      'data:image/png;base64,AAAA',
    ])('%s - a mark and a warning in the header', async (url) => {
      const answer = await ask(house.base, protocol, [user(protocol, image(protocol, url), COUNT)]);
      expect(answer.text).toBe('0');
      expect(answer.headers.get('x-lingma-warnings')).toContain('unsupported-content: image');
      expect(lastPrompt()).toContain('[image]');
    });

    it('a model without eyes - a mark and a warning, streamed too', async () => {
      for (const stream of [true, false]) {
        const answer = await ask(
          house.base,
          protocol,
          [user(protocol, image(protocol, DATA_URL), COUNT)],
          'kmodel',
          stream,
        );
        expect(answer.text).toBe('0');
        expect(answer.headers.get('x-lingma-warnings')).toContain('unsupported-content: image');
        expect(lastPrompt()).toContain('[image]');
      }
    });
  });
});

describe.each(['lsp-chat', 'acp'] as const)('%s, the operator wants no marks', (dialect) => {
  const house = useHouse(dialect === 'acp' ? {} : { imageUpload: 'refuse' }, {
    client: { dialect },
    channel: { images: { onFailure: 'error', allowRemote: false, allowLocalFiles: true } },
  });

  it('a model without eyes, a picture that is none, an address - 400, streamed too', async () => {
    for (const protocol of PROTOCOLS) {
      for (const stream of [true, false]) {
        for (const [model, url] of [
          ['kmodel', DATA_URL],
          [VISION, 'data:image/png;base64,AAAA'],
          [VISION, 'https://example.com/a.png'],
        ] as const) {
          const answer = await ask(house.base, protocol, [user(protocol, image(protocol, url), COUNT)], model, stream);
          expect(answer.status).toBe(400);
          expect(answer.error?.type).toBe('invalid_request_error');
        }
      }
    }
  });

  it('local files - read', async () => {
    for (const url of [pathToFileURL(join(folder, 'a.png')).href, join(folder, 'a.png')]) {
      const answer = await ask(house.base, 'chat', [user('chat', image('chat', url), COUNT)]);
      if (dialect === 'acp') expect(answer.text).toBe('1');
      // Lingma does not take the upload.
      else expect(answer.status).toBe(400);
    }
  });
});

describe.each(['refuse', 'fail'] as const)('an upload that Lingma answers with: %s', (imageUpload) => {
  const house = useHouse({ imageUpload }, { client: { dialect: 'lsp-chat' } });

  it('a mark and a warning', async () => {
    const answer = await ask(house.base, 'chat', [user('chat', image('chat', DATA_URL), COUNT)]);
    expect(answer.text).toBe('0');
    expect(answer.headers.get('x-lingma-warnings')).toContain('image');
  });
});

describe.each(['file', 'data'] as const)('ACP, pictures read from: %s', (imageSource) => {
  const house = useHouse({ imageSource }, { client: { dialect: 'acp' } });

  it('are found', async () => {
    expect((await ask(house.base, 'chat', [user('chat', image('chat', DATA_URL), COUNT)])).text).toBe('1');
  });
});

describe('files of pictures', () => {
  const folders = async (): Promise<string[]> =>
    (await readdir(tmpdir())).filter((name) => name.startsWith('lingma-gateway-images-')).sort();

  let before: string[];
  let during: string[];
  beforeAll(async () => {
    before = await folders();
  });
  afterAll(async () => {
    // Hooks run in reverse: the house is closed by now.
    expect((await folders()).filter((name) => during.includes(name))).toEqual([]);
  });
  const house = useHouse({}, { client: { dialect: 'acp' } });

  it('are for nobody else, and go with the client', async () => {
    await ask(house.base, 'chat', [user('chat', image('chat', DATA_URL), COUNT)]);
    during = (await folders()).filter((name) => !before.includes(name));
    expect(during.length).toBeGreaterThan(0);
    for (const name of during) {
      const path = join(tmpdir(), name);
      expect((await stat(path)).mode & 0o777).toBe(0o700);
      for (const file of await readdir(path)) expect((await stat(join(path, file))).mode & 0o777).toBe(0o600);
    }
  });
});
