import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseInfoFile } from './info-file.js';

describe('parseInfoFile()', () => {
  const both = { websocketPort: 36510, pid: 14060, ipcServerPath: '\\\\.\\pipe\\lingma-bf0f32' };

  it('reads .info.json', () => {
    const text = JSON.stringify({ ...both, isDev: false });
    expect(parseInfoFile(text)).toEqual(both);
    expect(parseInfoFile(`\uFEFF${text}\n`)).toEqual(both);
  });

  it.each([
    ['36510\n14060\n\\\\.\\pipe\\lingma-bf0f32', both],
    ['36510\r\n14060\r\n\\\\.\\pipe\\lingma-bf0f32\r\n', both],
    ['36510', { websocketPort: 36510, pid: undefined, ipcServerPath: undefined }],
    ['36510\n14060\n', { websocketPort: 36510, pid: 14060, ipcServerPath: undefined }],
    ['0\n14060\n/s.sock', { websocketPort: undefined, pid: 14060, ipcServerPath: '/s.sock' }],
    ['36510\n\n/s.sock', { websocketPort: 36510, pid: undefined, ipcServerPath: '/s.sock' }],
  ])('reads .info: %j', (text, info) => expect(parseInfoFile(text)).toEqual(info));

  it.each([
    [
      { websocketPort: '36510', pid: '7' },
      { websocketPort: 36510, pid: 7, ipcServerPath: undefined },
    ],
    [
      { websocketPort: 0, ipcServerPath: ' /s.sock ' },
      { websocketPort: undefined, pid: undefined, ipcServerPath: '/s.sock' },
    ],
    [
      { websocketPort: 1, pid: -1, ipcServerPath: '' },
      { websocketPort: 1, pid: undefined, ipcServerPath: undefined },
    ],
    [
      { websocketPort: 65536, ipcServerPath: 'x' },
      { websocketPort: undefined, pid: undefined, ipcServerPath: 'x' },
    ],
  ])('is tolerant of %j', (value, info) => expect(parseInfoFile(JSON.stringify(value))).toEqual(info));

  it.each([
    '',
    '{}',
    '{"websocketPort":0,"ipcServerPath":""}',
    '{"websocketPort":36510',
    '[36510]',
    'null',
    'hello',
    '0\n5',
    '123456',
  ])('finds no address in %j', (text) => expect(parseInfoFile(text)).toBeUndefined());

  it('never throws', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
        parseInfoFile(text);
      }),
    );
  });
});
