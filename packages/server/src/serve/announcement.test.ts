import type { ChannelReport, InstanceStatus } from '@lingma-gateway/core';
import type { ModelInfo } from '@lingma-gateway/core/chat';
import { describe, expect, it } from 'vitest';
import { CHINESE } from '../text/chinese.js';
import { type AnnouncementFacts, announcement } from './announcement.js';

const model = (id: string, extra: Partial<ModelInfo> = {}): ModelInfo => ({
  id,
  displayName: id,
  upstreamId: id,
  isDefault: false,
  supportsReasoning: false,
  supportsImages: false,
  ...extra,
});

const facts: AnnouncementFacts = {
  url: 'http://127.0.0.1:8317',
  finding: {
    found: true,
    status: { address: 'ws://127.0.0.1:36510/' },
  },
  models: [model('a'), model('b', { isDefault: true }), model('claude-x', { aliasOf: 'b' })],
  needsKey: false,
  platform: 'linux',
};

describe('announcement()', () => {
  it('uses the default model and leaves stand-ins out of the list', () => {
    const text = announcement(facts);
    expect(text).toContain('Models      a, b (default)\n');
    expect(text.match(/"model":"b"/g)).toHaveLength(2);
    expect(text).toContain('model = "b"');
  });

  it('keys - a line for the reader to fill in comes before those that need it', () => {
    const text = announcement({ ...facts, needsKey: true });
    expect(text).toMatch(
      /export LINGMA_GATEWAY_KEY='one of your client keys'\ncurl .*"Authorization: Bearer \$LINGMA_/,
    );
    expect(announcement(facts)).not.toContain('LINGMA_GATEWAY_KEY');
  });

  it("Claude Code - a key of the maker's own is taken out of its environment", () => {
    expect(announcement(facts)).toContain('ANTHROPIC_AUTH_TOKEN="any" ANTHROPIC_API_KEY="" claude\n');
    expect(announcement({ ...facts, platform: 'win32' })).toContain('set "ANTHROPIC_API_KEY=" && claude\n');
  });

  it('Windows - quotes and variables of its shell', () => {
    const text = announcement({ ...facts, platform: 'win32', needsKey: true });
    expect(text).toContain('curl.exe http://127.0.0.1:8317/v1/chat/completions -H "content-type: application/json"');
    expect(text).toContain('set "LINGMA_GATEWAY_KEY=one of your client keys"\n');
    expect(text).toContain('-H "Authorization: Bearer %LINGMA_GATEWAY_KEY%"');
    expect(text).toContain(String.raw`-d "{\"model\":\"b\"`);
    expect(text).not.toMatch(/^curl.*'/m);
  });

  describe('several instances', () => {
    const one = (idx: number, extra: Partial<InstanceStatus> = {}): InstanceStatus => ({
      ...{ name: `inst-${idx}`, idx, state: 'ready', ready: true, loggedIn: true, inFlight: 0, weight: 1 },
      ...{ managed: true, failures: 0, restarts: 0, draining: false, address: `ws://127.0.0.1:3651${idx}/` },
      ...extra,
    });
    const lost = { state: 'failed', ready: false, lastError: 'Its executable does not exist' } as const;

    it('each is told: where it is, or why it is not ready', () => {
      expect(announcement({ ...facts, instances: [one(0), one(1, lost), one(2, { name: 'spare' })] })).toContain(
        [
          'Lingma      2 of 3 instances ready',
          '            inst-0  ws://127.0.0.1:36510/ (logged in)',
          '            inst-1  failed: Its executable does not exist',
          '            spare   ws://127.0.0.1:36512/ (logged in)',
          'Base URL',
        ].join('\n'),
      );
    });

    it('one that is logged out - does not count as ready, and the reader hears what to do', () => {
      const text = announcement({ ...facts, instances: [one(0), one(1, { loggedIn: false })] });
      expect(text).toContain('Lingma      1 of 2 instances ready\n');
      expect(text).toContain('inst-1  ws://127.0.0.1:36511/ (NOT LOGGED IN)\n            Log in');
    });

    it('an agent that nobody is signed in to - its own tool is named', () => {
      const agent = one(1, { loggedIn: false, isAgent: true, address: 'codex' });
      const text = announcement({ ...facts, instances: [one(0), agent] });
      expect(text).toContain("inst-1  codex (NOT LOGGED IN)\n            Sign in with the agent's own tool");
      expect(text).not.toContain('IDE');
    });

    it('none is ready - they are tried again', () => {
      const finding = { found: false, absent: true, error: new Error('x') } as const;
      const text = announcement({ ...facts, finding, text: CHINESE, instances: [one(0, lost), one(1, lost)] });
      expect(text).toContain('2 个实例，0 个就绪\n            inst-0  失败：Its executable does not exist\n');
      expect(text).toContain('lingma-gateway doctor');
    });

    it('a single one - is told as ever', () => {
      expect(announcement({ ...facts, instances: [one(0)] })).toBe(announcement(facts));
    });
  });

  it('no models - says why, and the lines are still there', () => {
    const text = announcement({
      ...facts,
      finding: { found: false, absent: false, error: new Error('No answer within 15 s') },
      models: [],
      modelsFailure: 'Lingma is not there',
    });
    expect(text).toContain('Lingma      there, but not answering: No answer within 15 s\n');
    expect(text).toContain('Models      none yet: Lingma is not there\n');
    expect(text.match(/^curl /gm)).toHaveLength(2);
  });

  describe('channels', () => {
    const channel = (name: string, models: readonly string[], state: ChannelReport['state'] = 'enabled') => ({
      ...{ name, models, state },
      type: 'openai' as const,
    });
    const alone: AnnouncementFacts = {
      ...facts,
      finding: { found: false, absent: true, error: new Error('nothing listens') },
      channels: [{ ...channel('lingma', []), type: 'lingma' }, channel('one-api', ['glm-5', 'embed-3'])],
      models: [model('glm-5'), model('embed-3')],
    };

    it('without a Lingma - theirs are the models, and the lines to paste ask for one of them', () => {
      const text = announcement(alone);
      expect(text).toContain('Channels    one-api: glm-5, embed-3\nModels      glm-5, embed-3\n');
      expect(text.match(/"model":"glm-5"/g)).toHaveLength(2);
      const chinese = announcement({ ...alone, text: CHINESE });
      expect(chinese).toContain('渠道        one-api：glm-5, embed-3\n模型        glm-5, embed-3\n');
    });

    it('patterns, a channel that is out, one that lists nothing - told as what they are', () => {
      const channels = [channel('wild', ['glm-*']), channel('off', ['x'], 'disabled'), channel('mute', [])];
      const text = announcement({ ...alone, channels, models: [] });
      expect(text).toContain(
        [
          'Channels    wild: glm-*',
          '            off (disabled): x',
          '            mute: lists no models',
          'Models      those that match glm-*\n',
        ].join('\n'),
      );
      const none = announcement({ ...alone, channels: [channel('mute', [])], models: [] });
      expect(none).toContain('Models      none yet: no channel lists any\n');
      expect(announcement({ ...alone, channels, models: [], text: CHINESE })).toContain(
        '            off（已停用）：x\n',
      );
    });

    it('more than a line has room for - counted', () => {
      const names = Array.from({ length: 100 }, (_, at) => `m${at}`);
      const many = announcement({ ...alone, channels: [channel('a', names)], models: names.map((id) => model(id)) });
      expect(many.match(/m0, .*, m11 and 88 more\n/g)).toHaveLength(2);
    });
  });
});
