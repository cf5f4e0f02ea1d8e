/** Where the server listens and how it behaves towards its clients. */
import * as z from 'zod';
import { DEFAULT_LIMITS } from '../../util/index.js';
import { choice, milliseconds, setting } from '../setting.js';

/** With the names that other loggers use for our four levels. */
const logLevel = choice(['debug', 'info', 'warn', 'error', 'silent'], {
  trace: 'debug',
  warning: 'warn',
  critical: 'error',
  fatal: 'error',
});

export const serverSection = {
  host: setting(z.string().min(1).default('127.0.0.1'), {
    env: ['LINGMA_GATEWAY_HOST', 'LINGMA_PROXY_HOST', 'HOST'],
    flag: 'host',
    doc: 'Address to listen on. Beyond loopback, client keys are required.',
  }),
  port: setting(z.int().min(0).max(65535).default(8317), {
    env: ['LINGMA_GATEWAY_PORT', 'LINGMA_PROXY_PORT', 'PORT'],
    flag: { name: 'port', short: 'p' },
    doc: 'Port to listen on; 0 takes a free one.',
    hint: 'a whole number from 0 to 65535; 0 takes a free port',
  }),
  allowAnonymous: setting(z.boolean().default(false), {
    env: ['LINGMA_GATEWAY_ALLOW_ANONYMOUS'],
    flag: 'allow-anonymous',
    doc: 'Listen beyond loopback without client keys. Whoever reaches the port uses your Lingma account.',
  }),
  allowedHosts: setting(z.array(z.string().min(1)).readonly().default([]), {
    env: ['LINGMA_GATEWAY_ALLOWED_HOSTS'],
    flag: 'allowed-hosts',
    doc: 'Further names that requests may carry in their Host header when listening on loopback, without port; `*` allows all.',
  }),
  corsOrigins: setting(z.array(z.string().min(1)).readonly().default([]), {
    env: ['LINGMA_GATEWAY_CORS_ORIGINS'],
    flag: { name: 'cors-origins', valueHint: 'origin,origin' },
    doc: 'Origins that may call the gateway from a browser or a web view: `https://chat.example`, `chrome-extension://<id>`, all of a scheme such as `vscode-webview://*` or `app://*`, or `null`. Without it only pages of this machine.',
  }),
  maxBodyBytes: setting(z.int().min(1024).default(DEFAULT_LIMITS.maxBodyBytes), {
    env: ['LINGMA_GATEWAY_MAX_BODY_BYTES'],
    flag: 'max-body-bytes',
    doc: 'Largest request body, in bytes. Larger ones are answered with 413.',
  }),
  drainTimeoutMs: setting(milliseconds(DEFAULT_LIMITS.shutdownGraceMs, 0), {
    env: ['LINGMA_GATEWAY_DRAIN_TIMEOUT_MS', 'LINGMA_GATEWAY_SHUTDOWN_GRACE_MS'],
    flag: { name: 'drain-timeout', unit: 's', valueHint: 'seconds' },
    flagAliases: [{ name: 'shutdown-grace-ms', unit: 'ms' }],
    fileAliases: ['shutdownGraceMs'],
    unit: 'ms',
    doc: 'On SIGTERM or SIGINT, how long running requests may take to finish. A second signal ends them at once.',
    hint: 'seconds, or a duration such as 90s or 5m',
  }),
  logLevel: setting(logLevel.default('info'), {
    env: ['LINGMA_GATEWAY_LOG_LEVEL', 'LOG_LEVEL'],
    flag: 'log-level',
    doc: 'How much goes to stderr.',
  }),
  logFormat: setting(choice(['auto', 'pretty', 'json']).default('auto'), {
    env: ['LINGMA_GATEWAY_LOG_FORMAT'],
    flag: 'log-format',
    doc: 'How log lines are written: `pretty` for people, `json` for programs; `auto` is pretty on a terminal, else JSON.',
  }),
  demo: setting(z.boolean().optional(), {
    env: ['LINGMA_GATEWAY_DEMO'],
    flag: 'demo',
    doc: 'Answer from the bundled simulator. `--no-demo` never does, not even when no Lingma is found.',
    defaultDoc: 'only when nothing is said of a Lingma (address, `--bin`, accounts) and none is found',
  }),
};
