import { describe, expect, it } from 'vitest';
import { isNamedPipePath, normalizePipeName } from './pipe-path.js';

describe('normalizePipeName()', () => {
  it.each([
    ['lingma-bf0f32', '\\\\.\\pipe\\lingma-bf0f32'],
    ['qoder-cn-shared_client', '\\\\.\\pipe\\qoder-cn-shared_client'],
    ['\\\\.\\pipe\\lingma-bf0f32', '\\\\.\\pipe\\lingma-bf0f32'],
    ['\\\\?\\pipe\\lingma-bf0f32', '\\\\.\\pipe\\lingma-bf0f32'],
    ['//./pipe/lingma-bf0f32', '\\\\.\\pipe\\lingma-bf0f32'],
    ['\\\\.\\PIPE\\x', '\\\\.\\pipe\\x'],
    ['C:\\Users\\me\\lingma.sock', 'C:\\Users\\me\\lingma.sock'],
    ['/run/lingma.sock', '/run/lingma.sock'],
  ])('%s → %s', (name, path) => expect(normalizePipeName(name)).toBe(path));
});

describe('isNamedPipePath()', () => {
  it.each(['\\\\.\\pipe\\lingma-1', '\\\\?\\pipe\\a', '//./pipe/a'])('knows %s', (path) =>
    expect(isNamedPipePath(path)).toBe(true),
  );
  it.each(['lingma-1', '/tmp/lingma.sock', '\\\\.\\pipe\\', '\\\\server\\share', ''])('does not take %s', (path) =>
    expect(isNamedPipePath(path)).toBe(false),
  );
});
