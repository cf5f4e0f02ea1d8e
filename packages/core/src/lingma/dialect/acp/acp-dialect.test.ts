import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type JsonObject, type JsonValue, silentLogger } from '../../../util/index.js';
import { aContext, FakeClock, FakePeer, NEVER, rpcError, settled } from '../testing/fake-peer.js';
import { SESSION, startAcp as start } from '../testing/start-acp.js';
import { createAcpDialect } from './acp-dialect.js';
import { ImageFiles } from './image-files.js';

describe('sessions', () => {
  const abandoned: Promise<string>[] = [];
  const settings = {
    cwd: '/home/me/project',
    modelKey: 'kmodel',
    abandon: (session: Promise<string>) => {
      session.catch(() => undefined);
      abandoned.push(session);
    },
  };
  const lastAbandoned = () => abandoned.at(-1);

  it('openSession() - makes one and selects the model before any prompt', async () => {
    const peer = new FakePeer().answer('session/new', { sessionId: 's' });
    expect(await createAcpDialect({ clock: new FakeClock() }).openSession(peer, settings, aContext())).toBe('s');
    expect(peer.calls).toEqual([
      {
        method: 'session/new',
        params: { cwd: '/home/me/project', mcpServers: [], _meta: {}, timestamp: 1760000000000 },
      },
      {
        method: 'session/set_model',
        params: { sessionId: 's', modelId: 'kmodel', timestamp: 1760000000000, _meta: {} },
      },
    ]);
  });

  it('openSession() - takes `id`, and goes on without session/set_model', async () => {
    const peer = new FakePeer().answer('session/new', { id: 's' }).answer('session/set_model', rpcError('no', -32601));
    expect(await createAcpDialect().openSession(peer, settings, aContext())).toBe('s');
  });

  it('openSession() - tells why there is none', async () => {
    const open = (peer: FakePeer) => createAcpDialect().openSession(peer, settings, aContext());
    await expect(open(new FakePeer().answer('session/new', null))).rejects.toMatchObject({ code: 'upstream_protocol' });
    await expect(
      open(new FakePeer().answer('session/new', rpcError('Authentication required', -32000))),
    ).rejects.toMatchObject({
      code: 'login_required',
    });
  });

  it('openSession() - abandons a session that is still on its way when aborted', async () => {
    let name: (result: JsonValue) => void = () => undefined;
    const peer = new FakePeer().answer(
      'session/new',
      () =>
        new Promise((resolve) => {
          name = resolve;
        }),
    );
    const controller = new AbortController();
    const opening = createAcpDialect().openSession(peer, settings, aContext(controller.signal));
    const reason = new Error('gone');
    controller.abort(reason);
    await expect(opening).rejects.toBe(reason);
    name({ sessionId: 'late' });
    expect(await lastAbandoned()).toBe('late');
  });

  it('openSession() - abandons the session when aborted during set_model', async () => {
    const peer = new FakePeer().answer('session/new', { sessionId: 's' }).answer('session/set_model', () => NEVER);
    const controller = new AbortController();
    const opening = createAcpDialect().openSession(peer, settings, aContext(controller.signal));
    await settled();
    controller.abort(new Error('gone'));
    await expect(opening).rejects.toThrow('gone');
    expect(await lastAbandoned()).toBe('s');
  });

  it.each([
    ['not login', 'login_required'],
    ['quota exceeded', 'quota_exceeded'],
    ['content filtered', 'upstream_error'],
    ['boom', 'upstream_error'],
  ])('openSession() - success:false and "%s" is %s', async (errorMessage, code) => {
    const peer = new FakePeer().answer('session/new', { success: false, errorCode: 'E', errorMessage });
    await expect(createAcpDialect().openSession(peer, settings, aContext())).rejects.toMatchObject({ code });
  });

  it('openSession() - goes on where session/set_model says success:false', async () => {
    const peer = new FakePeer()
      .answer('session/new', { sessionId: 's' })
      .answer('session/set_model', { success: false, errorMessage: 'no such model' });
    const warnings: string[] = [];
    const context = { ...aContext(), logger: { ...silentLogger, warn: (text: string) => void warnings.push(text) } };
    expect(await createAcpDialect().openSession(peer, settings, context)).toBe('s');
    expect(warnings).toHaveLength(1);
  });
});

describe('session/prompt', () => {
  it('params - as captured', () => {
    const { peer, requestId } = start({ turn: { currentFilePath: '/a.ts' } });
    expect(requestId).toMatch(/^[0-9a-f-]{36}$/);
    expect(peer.last('session/prompt')).toEqual({
      sessionId: SESSION,
      prompt: [{ type: 'text', text: 'Hi' }],
      contextParams: [],
      _meta: {
        'ai-coding/request-id': requestId,
        'ai-coding/mode': 'chat',
        'ai-coding/model': 'org_auto',
        'ai-coding/shell-type': 'bash',
        'ai-coding/current-file-path': '/a.ts',
        'ai-coding/enabled-mcp-servers': [],
      },
    });
  });

  it.each(['lingma', 'qodercn'])('images - for %s as file and data', async (name) => {
    const parent = await mkdtemp(join(tmpdir(), 'image-files-'));
    const clock = new FakeClock();
    const images = new ImageFiles({ clock, parent, keepMs: 1000 });
    const peer = new FakePeer();
    peer.serverInfo = { name, version: '1' };
    const started = start({ peer, images, turn: { images: [{ mediaType: 'image/png', data: 'aGk=' }] } });
    for (let wait = 0; peer.count('session/prompt') === 0 && wait < 200; wait++)
      await new Promise((resolve) => setTimeout(resolve, 5));
    const part = (peer.last('session/prompt').prompt as readonly JsonObject[])[1] as JsonObject;
    expect(part).toMatchObject({ type: 'image', mimeType: 'image/png', data: 'aGk=' });
    const uri = new URL(part.uri as string);
    expect(uri.protocol).toBe(`${name}:`);
    expect(part.uri).toMatch(/^[a-z]+:\/\/\/agent\/file\?path=%2F/);
    const path = uri.searchParams.get('path') as string;
    expect(await readFile(path, 'utf8')).toBe('hi');
    if (process.platform !== 'win32') expect((await stat(path)).mode & 0o777).toBe(0o600);
    await started.run.events.close();
    await started.clock.advance(2000);
    await started.run.outcome;
    await images.close();
    await expect(stat(path)).rejects.toThrow();
    await rm(parent, { recursive: true });
  });
});

describe('stopping', () => {
  it('abort - sends session/cancel with both ids and waits for the reply', async () => {
    const controller = new AbortController();
    const started = start({ signal: controller.signal });
    started.text('a');
    controller.abort(new Error('gone'));
    expect(started.peer.notifications).toEqual([
      {
        method: 'session/cancel',
        params: { sessionId: SESSION, _meta: { 'ai-coding/request-id': started.requestId } },
      },
    ]);
    started.text('late');
    await started.reply({ stopReason: 'cancelled' });
    expect(await started.run.outcome).toEqual({ sessionId: SESSION, reusable: false, text: 'a' });
  });

  it('abort - or for chat_finish', async () => {
    const started = start();
    await started.run.events.close();
    started.finish({ reason: 'cancelled', statusCode: 200 });
    expect(await started.run.outcome).toMatchObject({ reusable: false });
    expect(started.clock.pending).toBe(0);
  });

  it('abort - or for two seconds', async () => {
    const started = start();
    await started.run.events.close();
    await started.clock.advance(2100);
    expect(await started.run.outcome).toMatchObject({ reusable: false });
  });
});
