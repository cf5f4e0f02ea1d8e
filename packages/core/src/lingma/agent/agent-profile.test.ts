import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../util/index.js';
import { readAgentProfile } from './agent-profile.js';
import { signInRequired } from './sign-in.js';

const QODER: JsonObject = {
  protocolVersion: 1,
  authMethods: [
    {
      id: 'qoderclicn-login',
      name: 'Use qoderclicn login',
      description: 'Use your existing qoderclicn login for this agent. If needed, sign in from qoderclicn first.',
    },
  ],
  agentInfo: { name: 'qoder-cli-cn', title: 'Qoder CLI CN', version: '1.1.52' },
  agentCapabilities: {
    promptCapabilities: { image: true, embeddedContext: true },
    sessionCapabilities: { close: {}, delete: {} },
  },
};

describe('readAgentProfile()', () => {
  it('the vendor’s command line', () => {
    expect(readAgentProfile(QODER)).toEqual({
      ...{ title: 'Qoder CLI CN', name: 'qoder-cli-cn', version: '1.1.52' },
      ...{ takesImages: true, canClose: true, canDelete: true },
      signInWays: ['Use your existing qoderclicn login for this agent. If needed, sign in from qoderclicn first.'],
    });
  });

  it.each<[string, JsonObject | undefined]>([
    ['nothing was answered yet', undefined],
    ['an empty answer', {}],
    ['a Lingma', { serverInfo: { name: 'lingma', version: '2.11.1' }, capabilities: { textDocumentSync: 1 } }],
  ])('no standard agent - %s', (_, initialized) => {
    expect(readAgentProfile(initialized)).toBeUndefined();
  });

  it.each<[string, JsonObject, string | undefined]>([
    ['modes by name', { systemPrompt: { mode: { override: {} } } }, 'override'],
    ['a capability without modes', { systemPrompt: {} }, 'append'],
    ['append alone', { systemPrompt: { mode: { append: {} } } }, 'append'],
    ['none', {}, undefined],
    ['null', { systemPrompt: null }, undefined],
  ])('system prompt - %s', (_, sessionCapabilities, expected) => {
    expect(readAgentProfile({ agentCapabilities: { sessionCapabilities } })?.systemPrompt).toBe(expected);
  });
});

describe('signInRequired()', () => {
  const told = (authMethods: JsonObject[]): string =>
    signInRequired(readAgentProfile({ agentInfo: { name: 'x', title: 'Agent X' }, authMethods }) as never).message;

  it.each<[string, JsonObject[], string]>([
    ['no way named', [], 'Agent X is not signed in. Sign in with its own tool in a terminal. Then try again.'],
    [
      'one way, in words that say what to do',
      [{ id: 'o', name: 'Login with opencode', description: 'Run `opencode auth login` in the terminal' }],
      'Agent X is not signed in. Run `opencode auth login` in the terminal. Then try again.',
    ],
    [
      'several ways',
      [
        { id: 'a', name: 'Log in with Google', description: 'Log in with your Google account' },
        { id: 'b', name: 'API key', description: 'A key of your own' },
        { id: 'c', name: 'Vertex AI' },
        { id: 'd', name: 'Fourth' },
      ],
      'Agent X is not signed in. Ways to sign in: Log in with your Google account; API key: A key of your own; Vertex AI. Then try again.',
    ],
    [
      'a place on this machine and a secret stay out',
      [{ id: 'p', name: 'File', description: 'Set /home/me/.agent/auth.json to {"token": "abcdefgh"}' }],
      'Agent X is not signed in. Set … to {"token": "***"}. Then try again.',
    ],
  ])('%s', (_, methods, expected) => {
    expect(told(methods)).toBe(expected);
  });
});
