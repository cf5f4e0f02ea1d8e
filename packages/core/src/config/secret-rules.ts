/** What may not pass for a secret: blanks, and the words that stand in examples. */
import { isLoopbackHost } from './loopback.js';
import type { authSection } from './sections/auth.js';
import type { SectionValues } from './setting.js';
import type { Language } from './texts/language.js';

interface SecretConfig {
  readonly server: { readonly host: string };
  readonly auth: SectionValues<typeof authSection>;
}

/**
 * Variables of secrets that hold nothing but blanks: whoever set one means to be protected. An empty one is as good as
 * absent, for that is what an unset variable becomes on its way through a compose file.
 *
 * @param names of all variables that hold secrets
 */
export function blankSecrets(
  env: Readonly<Record<string, string | undefined>>,
  names: readonly string[],
): readonly string[] {
  return names.filter((name) => {
    const text = env[name];
    return text !== undefined && text !== '' && text.trim() === '';
  });
}

/** `sk-your-api-key`, `<your admin token>`, `changeme`, `xxx`, in any spelling. */
const PLACEHOLDER =
  /^(?:sk)?(?:x{3,}|change(?:me|this|it)|replace(?:me|this)|placeholder|your(?:own|secret|api|admin|metrics|access|client|gateway|lingma)*(?:key|token|secret)(?:here)?)$/;

export const isPlaceholder = (secret: string): boolean =>
  PLACEHOLDER.test(secret.toLowerCase().replace(/[^a-z\d]/g, ''));

/** Paths of the settings in which a placeholder stands. */
function placeholders({ auth }: SecretConfig): readonly string[] {
  const { clientKeys, keys, adminToken, metricsToken } = auth;
  const named = keys.map(({ key }) => key);
  return Object.entries({
    'auth.clientKeys': clientKeys,
    'auth.keys': named,
    'auth.adminToken': [adminToken],
    'auth.metricsToken': [metricsToken],
  }).flatMap(([path, secrets]) =>
    secrets.some((secret) => secret !== undefined && isPlaceholder(secret.reveal())) ? [path] : [],
  );
}

const TEXTS = {
  en: {
    message: 'a placeholder from an example stands where a secret should: everybody knows it',
    hint: 'make one: openssl rand -hex 32',
  },
  'zh-CN': {
    message: '这里应填密钥，却填了示例中的占位文字，人人都知道它',
    hint: '生成一个：openssl rand -hex 32',
  },
} as const satisfies Record<Language, object>;

/** Where other machines reach the gateway, a secret that everybody knows is none. */
export function refusePlaceholder(config: SecretConfig) {
  const [path] = isLoopbackHost(config.server.host) ? [] : placeholders(config);
  return path === undefined ? undefined : { path, ...TEXTS.en, chinese: TEXTS['zh-CN'] };
}

/** For where they are allowed. */
export const placeholderWarnings = (config: SecretConfig, language: Language) =>
  placeholders(config).map((subject) => ({ subject, message: TEXTS[language].message }));
