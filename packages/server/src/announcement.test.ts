import type { ModelInfo } from '@lingma-gateway/core/chat';
import { describe, expect, it } from 'vitest';
import { type AnnouncementFacts, announcement } from './announcement.js';

const model = (id: string, extra: Partial<ModelInfo> = {}): ModelInfo => ({
  id,
  displayName: id,
  key: id,
  isDefault: false,
  supportsReasoning: false,
  supportsImages: false,
  scenes: [],
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
});
