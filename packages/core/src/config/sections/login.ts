/** How the gateway signs its Lingmas in. */
import { z } from 'zod';
import { milliseconds, setting } from '../setting.js';

export const loginSection = {
  enabled: setting(z.boolean().default(true), {
    env: ['LINGMA_GATEWAY_LOGIN_ENABLED', 'AUTO_LOGIN_ENABLED'],
    doc: 'Sign in by itself, with the token or the password of an account, where nobody is signed in. A session bundle is used in any case.',
  }),
  headless: setting(z.boolean().default(true), {
    env: ['LINGMA_GATEWAY_LOGIN_HEADLESS', 'AUTO_LOGIN_HEADLESS'],
    doc: 'Without a window. With one (`false`) a person can pass what the sign-in page asks for.',
  }),
  timeoutMs: setting(milliseconds(180_000), {
    env: ['LINGMA_GATEWAY_LOGIN_TIMEOUT', { name: 'AUTO_LOGIN_TIMEOUT', unit: 's' }],
    unit: 'ms',
    doc: 'Time that one try to sign in may take.',
  }),
  maxAttempts: setting(
    z
      .int()
      .max(10)
      .transform((tries) => Math.max(1, tries))
      .default(2),
    {
      env: ['LINGMA_GATEWAY_LOGIN_MAX_ATTEMPTS', 'AUTO_LOGIN_MAX_RETRY'],
      doc: 'Tries of one way to sign in, at least 1. A wrong password is sent once, whatever this says.',
      hint: 'a whole number from 1 to 10',
    },
  ),
  browserPath: setting(z.string().min(1).optional(), {
    env: ['LINGMA_GATEWAY_LOGIN_BROWSER_PATH'],
    doc: 'Chromium to sign in with.',
    defaultDoc: '`PLAYWRIGHT_CHROMIUM_EXECUTABLE_PATH`, else an installed Chrome, Edge or Chromium',
  }),
  noSandbox: setting(z.boolean().default(false), {
    env: ['LINGMA_GATEWAY_LOGIN_NO_SANDBOX'],
    doc: 'Start the browser without its sandbox: for containers that cannot have one.',
  }),
  debugScreenshots: setting(z.boolean().default(false), {
    env: ['LINGMA_GATEWAY_LOGIN_DEBUG_SCREENSHOTS'],
    doc: 'Keep one picture of the sign-in page for each failure in the work folder, with its fields covered.',
  }),
  allowLoopback: setting(z.boolean().default(false), {
    env: ['LINGMA_GATEWAY_LOGIN_ALLOW_LOOPBACK'],
    doc: 'Accept a sign-in page on this machine: for tests.',
  }),
} as const;
