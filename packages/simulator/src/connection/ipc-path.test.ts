import { describe, expect, it } from 'vitest';
import { inWorkDir, ipcPath, isNamedPipe } from './ipc-path.js';

const facts = { workDir: '/home/me/.lingma', tempDir: '/tmp', product: 'lingma', suffix: 'ed76e3' };

describe('ipcPath', () => {
  it('is a named pipe with six hex digits on Windows', () => {
    const path = ipcPath({ ...facts, platform: 'win32', workDir: 'C:\\Users\\me\\.lingma' });
    expect(path).toBe('\\\\.\\pipe\\lingma-ed76e3');
    expect(isNamedPipe(path)).toBe(true);
  });

  it('is a socket in the work dir elsewhere', () => {
    expect(ipcPath({ ...facts, platform: 'linux' })).toBe('/home/me/.lingma/lingma.sock');
    expect(ipcPath({ ...facts, platform: 'darwin', product: 'qodercn' })).toBe('/home/me/.lingma/qodercn.sock');
    expect(isNamedPipe('/home/me/.lingma/lingma.sock')).toBe(false);
  });

  it('moves to the temp dir when the path would be too long for a socket', () => {
    const path = ipcPath({ ...facts, platform: 'darwin', workDir: `/Users/${'x'.repeat(90)}` });
    expect(path).toBe('/tmp/lingma-ed76e3.sock');
  });
});

describe('inWorkDir', () => {
  it('joins as the platform does', () => {
    expect(inWorkDir('win32', 'C:\\x', 'cache', 'id')).toBe('C:\\x\\cache\\id');
    expect(inWorkDir('linux', '/x', 'cache', 'id')).toBe('/x/cache/id');
  });
});
