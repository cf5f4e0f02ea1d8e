/** Which language the person at the terminal reads. */
import type { Language } from '@lingma-gateway/core/config';

/**
 * As POSIX has it: `LC_ALL`, else `LC_MESSAGES`, else `LANG`, the first that is not empty. An encoding other than UTF-8
 * cannot show Chinese as it is written here. Windows sets none of them, so the system is asked there.
 */
export function languageOf(
  env: Readonly<Record<string, string | undefined>>,
  systemLocale: () => string | undefined = () => undefined,
): Language {
  const given = [env.LC_ALL, env.LC_MESSAGES, env.LANG].find((value) => value !== undefined && value !== '');
  const [, name = '', encoding = 'utf-8'] = /^([^.@]*)(?:\.([^@]*))?/.exec(given ?? systemLocale() ?? '') ?? [];
  const isChinese = /^(zh|chinese)($|[_-])/i.test(name);
  return isChinese && /^utf-?8$/i.test(encoding) ? 'zh-CN' : 'en';
}
