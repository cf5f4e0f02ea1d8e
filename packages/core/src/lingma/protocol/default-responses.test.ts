import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../util/index.js';
import { defaultAnswer } from './default-responses.js';

describe('defaultAnswer() - session/request_permission', () => {
  const refusePermission = (params: JsonObject) => {
    const answer = defaultAnswer({ method: 'session/request_permission', params, id: 1 }, 0);
    return 'result' in answer ? answer.result : answer;
  };
  const option = (optionId: unknown, kind: string) => ({ optionId, name: optionId, kind }) as never;

  it('chooses by kind: reject_once, else reject_always, else cancelled', () => {
    const once = option('b', 'reject_once');
    const always = option('a', 'reject_always');
    const allow = option('reject_once', 'allow_always');
    expect(refusePermission({ options: [allow, always, once] })).toEqual({
      outcome: { outcome: 'selected', optionId: 'b' },
    });
    expect(refusePermission({ options: [allow, always] })).toEqual({ outcome: { outcome: 'selected', optionId: 'a' } });
    expect(refusePermission({ options: [allow] })).toEqual({ outcome: { outcome: 'cancelled' } });
  });

  it('cancels when the options are missing or broken', () => {
    for (const options of [undefined, null, 'x', [], [null, 1, { kind: 'reject_once' }]] as never[]) {
      expect(refusePermission({ options })).toEqual({ outcome: { outcome: 'cancelled' } });
    }
  });
});

describe('defaultAnswer()', () => {
  it('refuses a tool with every member of a tool result', () => {
    expect(
      defaultAnswer({ method: 'tool/invoke', params: { toolCallId: 'c1', name: 'read_file' }, id: 1 }, 1234),
    ).toEqual({
      result: {
        toolCallId: 'c1',
        name: 'read_file',
        success: false,
        errorMessage: 'This client runs no tools of its own. Go on without them.',
        result: {},
        startTime: 1234,
        timeConsuming: 0,
      },
    });
  });

  it.each(['chat/answer', 'chat/finish', 'tool/call/sync', 'session/update', 'extension/register', 'task/status/sync'])(
    'acknowledges %s',
    (method) => expect(defaultAnswer({ method, params: {}, id: 1 }, 0)).toEqual({ result: {} }),
  );

  it.each(['fs/read_text_file', 'fs/write_text_file', 'terminal/create', 'craft/drainMidTurnQueue', '', 'toString'])(
    'knows no method %s',
    (method) => expect(defaultAnswer({ method, params: {}, id: 1 }, 0)).toMatchObject({ error: { code: -32601 } }),
  );

  it('tells of a tool of a turn that is not ours nothing that could be taken for its result', () => {
    const params = { toolCallId: 'c', name: 'n', requestId: 'foreign', sessionId: 'foreign' };
    const answers = [{ ...params, async: true }, { ...params, async: false }, params].map((each) =>
      defaultAnswer({ method: 'tool/invoke', params: each, id: 4 }, 0),
    );
    const refusal = { error: expect.objectContaining({ code: -32602 }) };
    expect(answers).toEqual([{ result: {} }, refusal, refusal]);
  });
});
