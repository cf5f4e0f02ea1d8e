import { describe, expect, it, vi } from 'vitest';
import { GatewayError } from '../chat/index.js';
import { fromWebRequest } from './http/web-classes.js';
import { aContext } from './testing/a-context.js';

describe('RequestContext - its end', () => {
  it('the client goes - aborts with client_closed', () => {
    const { context, client } = aContext();
    expect(context.signal.aborted).toBe(false);
    client.abort();
    expect(context.signal.reason).toMatchObject({ code: 'client_closed' });
  });

  it('a client that was gone before - is aborted from the start', async () => {
    const { context } = aContext();
    const gone = new Request('http://127.0.0.1/', { signal: AbortSignal.abort() });
    const { RequestContext } = await import('./request-context.js');
    const late = new RequestContext({
      request: fromWebRequest(gone),
      protocol: context.protocol,
      route: '-',
      params: {},
      totalMs: 0,
      logger: context.logger,
      clock: context.clock,
    });
    expect(late.signal.reason).toMatchObject({ code: 'client_closed' });
  });

  it('the whole takes too long - aborts with a time-out; with 0 never', () => {
    const { context, clock } = aContext({ totalMs: 60_000 });
    clock.pass(59_999);
    expect(context.signal.aborted).toBe(false);
    clock.pass(1);
    expect(context.signal.reason).toMatchObject({
      code: 'upstream_timeout',
      message: 'The request took longer than 60 s',
    });
    const endless = aContext({ totalMs: 0 });
    expect(endless.clock.pending).toBe(0);
  });

  it('several reasons - the first counts', () => {
    const { context, client, clock } = aContext();
    context.abort(new GatewayError('shutting_down', 'x'));
    client.abort();
    clock.pass(60_000);
    expect(context.signal.reason).toMatchObject({ code: 'shutting_down' });
  });

  it('finish() - lets go of everything, once', () => {
    const { context, client, clock, lines } = aContext();
    const first = vi.fn();
    const late = vi.fn();
    context.onFinish(first);
    context.finish();
    context.finish();
    context.onFinish(late);
    expect(first).toHaveBeenCalledOnce();
    expect(late).toHaveBeenCalledOnce();
    expect(lines).toHaveLength(1);
    expect(clock.pending).toBe(0);
    client.abort();
    expect(context.signal.aborted).toBe(false);
  });
});

describe('RequestContext - its log line', () => {
  it.each([
    ['no failure', undefined, 'info'],
    ['the client is gone', new GatewayError('client_closed', 'x'), 'info'],
    ['a wrong request', new GatewayError('invalid_request', 'x'), 'warn'],
    ['no slot', new GatewayError('rate_limited', 'x'), 'warn'],
    ['an upstream failure', new GatewayError('upstream_error', 'x'), 'error'],
    ['a mistake of ours', new TypeError('x'), 'error'],
  ])('%s - level %s', (_, thrown, level) => {
    const { context, lines } = aContext();
    if (thrown !== undefined) context.fail(thrown);
    context.finish();
    expect(lines.map((line) => line.level)).toEqual([level]);
  });

  it('fields - what was asked, how long it took, what came of it', () => {
    const { context, clock, lines } = aContext({ remoteAddress: '10.0.0.7' });
    context.record.model = 'm';
    context.record.outputTokens = 7;
    clock.pass(250);
    context.setStatus(502);
    context.fail(new GatewayError('upstream_error', 'It failed', { cause: new Error('why') }));
    context.fail(new GatewayError('internal', 'a later one'));
    context.finish();
    expect(lines[0]?.fields).toMatchObject({
      requestId: context.requestId,
      method: 'POST',
      route: 'openai-chat',
      status: 502,
      ms: 250,
      principal: 'anonymous',
      remoteAddress: '10.0.0.7',
      model: 'm',
      outputTokens: 7,
      error: 'upstream_error',
      reason: 'It failed',
      cause: expect.objectContaining({ message: 'why' }),
    });
  });

  it('what the request says - is told by its length, and bounded', () => {
    const { context, lines } = aContext();
    context.record.model = 'x'.repeat(100_000);
    context.fail(
      new GatewayError('invalid_request', "Invalid value for 'n': expected an integer, but got 'hunter2'.", {
        param: 'n',
      }),
    );
    context.finish();
    const written = JSON.stringify(lines);
    expect(written).not.toContain('hunter2');
    expect(written).toContain('(7 characters)');
    expect(written.length).toBeLessThan(1_000);
  });
});

describe('RequestContext - who asks', () => {
  it.each([
    ['abc-1:2/3', true],
    ['a b', false],
    ['x'.repeat(129), false],
    ['', false],
    ['"><script>', false],
  ])('request id %j - kept: %s', (offered, kept) => {
    const { context } = aContext({ headers: { 'x-request-id': offered } });
    if (kept) expect(context.requestId).toBe(offered);
    else expect(context.requestId).toMatch(/^req_\w+$/);
  });

  it('party - the key; without keys the address', () => {
    const one = aContext({ remoteAddress: '10.0.0.1' }).context;
    const other = aContext({ remoteAddress: '10.0.0.2' }).context;
    expect(one.party).not.toBe(other.party);
    expect(aContext({ remoteAddress: '10.0.0.1' }).context.party).toBe(one.party);
    one.principal = { id: 'key-1' };
    other.principal = { id: 'key-1' };
    expect(one.party).toBe(other.party);
  });

  it('exhaustion - is told as a 503 that may be tried again', () => {
    const { context } = aContext();
    const error = context.fail(Object.assign(new Error('open'), { code: 'EMFILE' }));
    expect(error).toMatchObject({ code: 'not_ready', retryAfterMs: 2_000 });
  });
});
