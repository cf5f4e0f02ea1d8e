/** Signing in, made when an instance needs it: its code, and a browser's even more so, is not even read elsewhere. */
import type { Logger, LoginService } from '@lingma-gateway/core';
import type { GatewayConfig } from '@lingma-gateway/core/config';

export function loginLoader(
  { login, lingma }: GatewayConfig,
  logger: Logger,
  env: Readonly<Record<string, string | undefined>>,
): () => Promise<LoginService> {
  return async () => {
    const { createBrowserWay, createLogin } = await import('@lingma-gateway/login');
    const { browserPath, noSandbox, debugScreenshots, enabled: automatic, ...settings } = login;
    if (debugScreenshots) {
      logger.warn('Pictures of sign-in pages that fail are kept', { setting: 'login.debugScreenshots' });
    }
    const browser = createBrowserWay({ noSandbox, env, ...(browserPath !== undefined && { browserPath }) });
    const { dedicatedDomainUrl } = lingma;
    return createLogin({
      ...{ ...settings, automatic, debugScreenshots, logger, loadBrowser: async () => browser },
      ...(dedicatedDomainUrl !== undefined && { dedicatedDomainUrl }),
    });
  };
}
