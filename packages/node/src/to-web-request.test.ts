import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { describe, expect, it } from 'vitest';
import { toWebRequest } from './to-web-request.js';

function incoming(method: string, url: string, ...rawHeaders: readonly string[]): IncomingMessage {
  const message = new IncomingMessage(new Socket());
  message.method = method;
  message.url = url;
  message.rawHeaders = [...rawHeaders];
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    message.headers[(rawHeaders[index] as string).toLowerCase()] ??= rawHeaders[index + 1] as string;
  }
  return message;
}
const urlOf = (target: string, host: string): string => toWebRequest(incoming('GET', target, 'Host', host)).url;

describe('toWebRequest', () => {
  it('URL - path and query as sent, host from the Host header', () => {
    expect(urlOf('/a%20b?x=1&y=%2F', 'example.org:81')).toBe('http://example.org:81/a%20b?x=1&y=%2F');
    expect(urlOf('/', '[::1]:8317')).toBe('http://[::1]:8317/');
  });

  it('URL - absolute form, // and * never lead elsewhere', () => {
    expect(urlOf('http://evil.example/p?q', 'localhost')).toBe('http://localhost/p?q');
    expect(urlOf('//evil.example/p', 'localhost')).toBe('http://localhost//evil.example/p');
    expect(urlOf('*', 'localhost')).toBe('http://localhost/');
    expect(urlOf('http://', 'localhost')).toBe('http://localhost/');
  });

  it('odd Host headers - never throw', () => {
    for (const host of ['', 'user:pw@x', 'a b', '[', '[::1', 'x:99999', 'x/y', '?', '#', '\u00ff']) {
      expect(urlOf('/p', host), host).toBe('http://localhost/p');
    }
  });

  it('headers - duplicates are kept, those Fetch has no form for are left out', () => {
    const request = toWebRequest(
      incoming('GET', '/', 'X-A', '1', 'x-a', '2', 'Cookie', 'a=1', 'cookie', 'b=2', ':path', '/', 'bad name', 'x'),
    );
    expect(request.headers.get('x-a')).toBe('1, 2');
    expect(request.headers.get('cookie')).toBe('a=1; b=2');
    expect([...request.headers.keys()]).toEqual(['cookie', 'x-a']);
  });

  it('what an app has made of it - path, headers, id and body; what spoke of the body as it came is gone', async () => {
    const message = incoming('POST', '/lingma/v1', 'Content-Length', '9', 'Content-Encoding', 'gzip', 'X-A', '1');
    Object.defineProperty(message, 'readableDidRead', { value: true });
    const { 'x-a': _, ...headers } = message.headers;
    const handed = { target: '/v1?x=1', headers: { ...headers, 'x-b': '2' }, requestId: 'id-1', body: { a: 1 } };
    const request = toWebRequest(message, { handed });
    expect(request.url).toBe('http://localhost/v1?x=1');
    expect(Object.fromEntries(request.headers)).toEqual({ 'x-b': '2', 'x-request-id': 'id-1' });
    expect(await request.json()).toEqual({ a: 1 });
    const lost = toWebRequest(message, { handed: { ...handed, body: undefined } });
    await expect(lost.text()).rejects.toThrow('read before it reached the handler');
  });

  it('body - none without a length, none on GET', () => {
    expect(toWebRequest(incoming('POST', '/')).body).toBeNull();
    expect(toWebRequest(incoming('POST', '/', 'Content-Length', '0')).body).toBeNull();
    expect(toWebRequest(incoming('GET', '/', 'Content-Length', '3')).body).toBeNull();
  });

  it('body - comes in pieces, and not before it is asked for', async () => {
    const message = incoming('POST', '/', 'Content-Length', '4');
    message.push('ab');
    message.push('cd');
    message.push(null);
    const request = toWebRequest(message);
    expect(message.listenerCount('data')).toBe(0);
    expect(await request.text()).toBe('abcd');
  });

  it('body of a client that is gone already - fails instead of waiting', async () => {
    const message = incoming('POST', '/', 'Content-Length', '4');
    message.destroy();
    await new Promise((resolve) => setImmediate(resolve));
    await expect(toWebRequest(message).text()).rejects.toThrow();
  });

  it('cancelled body - what comes later disturbs nobody', async () => {
    const message = incoming('POST', '/', 'Content-Length', '4');
    const reader = toWebRequest(message).body?.getReader();
    const first = reader?.read();
    message.push('ab');
    await first;
    await reader?.cancel();
    message.push('cd');
    message.push(null);
    message.resume();
    await new Promise((resolve) => setImmediate(resolve));
    expect(message.complete || message.readableEnded).toBe(true);
  });

  it('signal - is that of the request', () => {
    const client = new AbortController();
    const { signal } = toWebRequest(incoming('GET', '/'), { signal: client.signal });
    client.abort();
    expect(signal.aborted).toBe(true);
  });
});
