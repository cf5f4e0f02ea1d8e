import { PassThrough } from 'node:stream';
import { describe, expect, it, vi } from 'vitest';
import type { Logger } from '../../util/index.js';
import { createJsonRpcConnection } from '../jsonrpc/connection.js';
import { StdioTransport } from './stdio.js';

function aChild(onClosed?: () => void) {
  const stdin = new PassThrough();
  const stdout = new PassThrough();
  const transport = new StdioTransport({ address: 'agent', stdin, stdout, ...(onClosed && { onClosed }) });
  return { stdin, stdout, transport };
}

function aLogger() {
  const lines: unknown[][] = [];
  const note = (...line: unknown[]): void => void lines.push(line);
  const logger = { debug: note, info: note, warn: note, error: note, child: () => logger } as unknown as Logger;
  return { logger, lines };
}

describe('StdioTransport', () => {
  it('carries one message a line in both directions, remarks between them left to the log', async () => {
    const { stdin, stdout, transport } = aChild();
    const { logger, lines } = aLogger();
    const connection = createJsonRpcConnection(transport, { logger });
    const answer = connection.call('session/new', { cwd: '/w', text: 'two\nlines' });
    const sent = String(stdin.read());
    expect(sent.endsWith('}\n')).toBe(true);
    expect(sent.trim().split('\n')).toHaveLength(1);
    expect(JSON.parse(sent)).toMatchObject({ method: 'session/new', params: { text: 'two\nlines' } });
    stdout.write(
      '(node:1) ExperimentalWarning: "token": "pt-abcdefgh" \n// control\n{"jsonrpc":"2.0","id":1,"result":{"sessionId":"s"}}\n',
    );
    expect(await answer).toEqual({ sessionId: 's' });
    expect(JSON.stringify(lines)).toContain('ExperimentalWarning');
    expect(JSON.stringify(lines)).not.toContain('abcdefgh');
  });

  it('a broken message is no remark - its text stays out of the log', async () => {
    const { stdout, transport } = aChild();
    const { logger, lines } = aLogger();
    const connection = createJsonRpcConnection(transport, { logger });
    await new Promise<void>((resolve) => {
      connection.on('hello', () => void resolve());
      stdout.write('{"params":"private words\n{"jsonrpc":"2.0","method":"hello","params":{}}\n');
    });
    expect(JSON.stringify(lines)).toContain('not JSON');
    expect(JSON.stringify(lines)).not.toContain('private');
  });

  it('the end of its output ends the connection', async () => {
    const { stdout, transport } = aChild();
    const connection = createJsonRpcConnection(transport);
    const answer = connection.call('session/new', {});
    stdout.end();
    await expect(answer).rejects.toMatchObject({ code: 'not_ready' });
    expect(connection.closed).toBe(true);
  });

  it('closing ends its input, once, and reads on what it still says', async () => {
    const onClosed = vi.fn();
    const { stdin, stdout, transport } = aChild(onClosed);
    const onBytes = vi.fn();
    transport.listen({ onBytes, onClose: () => undefined });
    transport.close();
    transport.close();
    expect(stdin.writableEnded).toBe(true);
    expect(onClosed).toHaveBeenCalledTimes(1);
    stdout.end('late words');
    await new Promise((resolve) => stdout.once('end', resolve));
    expect(onBytes).not.toHaveBeenCalled();
  });
});
