/**
 * What the contract suites ask of the channel behind the gateway: turns that the test plays, whoever carries them. A channel that
 * cannot do what a case is about names the case, with its reason.
 */

import type { Clock, Logger } from '@lingma-gateway/core';
import type { CallContext, Channel, ChatEvent, ErrorCode } from '@lingma-gateway/core/chat';
import { describe, expect, type TestFunction, it as test } from 'vitest';
import { ScriptedChannel } from './scripted-channel.js';

/** One turn as the test plays it. */
export interface ContractTurn {
  push(...events: readonly ChatEvent[]): void;
  /** No more events: cut off where the last was not the end. */
  end(): void;
  fail(error: unknown): void;
  /** Nobody waits for it any more. */
  readonly closed: boolean;
  /** It was given up before its end. */
  readonly abandoned: boolean;
  /** All that was pushed was taken, and more is waited for. */
  readonly isAwaited: boolean;
  /** What it was asked. */
  readonly messages: readonly unknown[];
  readonly tools: readonly unknown[];
  /** Absent where the turn runs behind a socket. */
  readonly context?: CallContext;
}

export interface ContractChannel {
  /** What the gateway is given. */
  readonly channel: Channel;
  readonly turns: readonly ContractTurn[];
  /** @throws Error where none was started */
  readonly last: ContractTurn;
  /** What each new turn does by itself. Default: it answers "Hello world". A channel that rests after failures is well again. */
  script(turn: ContractTurn): void;
  close(): Promise<void>;
}

type Suite = 'gateway' | 'routes' | 'limits';

export interface ContractSubject {
  open(services: { readonly clock: Clock; readonly logger: Logger }): Promise<ContractChannel>;
  /** What a turn's failure is called when it reaches the gateway; a code that is absent cannot be had of this channel. */
  readonly failures: Partial<Readonly<Record<ErrorCode, { readonly message: string }>>>;
  /** Who counts what an answer cost. */
  readonly usage: 'estimated' | 'reported';
  /** Protocols whose requests reach it as they were sent. */
  readonly handedOn: readonly string[];
  readonly models: {
    /** As OpenAI's clients see them. */
    readonly listed: readonly string[];
    readonly displayNames: Readonly<Record<'org_auto' | 'vendor/qwen3-coder', string>>;
  };
  /** Titles of cases that cannot apply, by suite, and why. */
  readonly without: Partial<Readonly<Record<Suite, Readonly<Record<string, string>>>>>;
}

const AS_IT_IS = { message: 'It failed' };

/** Events that the test hands over in this process. */
export const SCRIPTED: ContractSubject = {
  async open() {
    return new ScriptedChannel();
  },
  failures: {
    ...{ unsupported_feature: AS_IT_IS, rate_limited: AS_IT_IS, quota_exceeded: AS_IT_IS, internal: AS_IT_IS },
    ...{ upstream_error: AS_IT_IS, upstream_protocol: AS_IT_IS, not_ready: AS_IT_IS, login_required: AS_IT_IS },
    upstream_timeout: AS_IT_IS,
  },
  usage: 'estimated',
  handedOn: [],
  models: {
    listed: ['org_auto', 'vendor/qwen3-coder'],
    displayNames: { org_auto: 'Auto', 'vendor/qwen3-coder': 'Qwen3 Coder' },
  },
  without: {},
};

type Case = (title: string, run: TestFunction) => void;

/** `it`, but for the cases that the subject is without; one that no suite has any more is a failure. */
export function casesOf(title: string, suite: Suite, { without }: ContractSubject): Case {
  const left = new Set(Object.keys(without[suite] ?? {}));
  if (left.size > 0) {
    describe(`${title}: cases of ${suite} that cannot apply`, () => {
      test('each is one of the suite', () => expect([...left]).toEqual([]));
    });
  }
  return (name, run) => {
    if (!left.delete(name)) test(name, run);
  };
}
