/** The environment of the process: the gateway's, minus whatever gives access to something. */

/** Names of secrets anywhere: of this gateway, of its predecessors, of other programs that share the environment. */
const SECRET_NAME = /(?:^|_)(?:API_?KEYS?|TOKEN|PASSWORD|SECRET)(?:_FILE)?$/i;

/**
 * `secretNames`: variables known to hold secrets, whatever they are called; the `_FILE` beside each goes with it. Proxies,
 * locale and home stay.
 */
export function childEnv(
  env: Readonly<Record<string, string | undefined>>,
  secretNames: readonly string[] = [],
): Record<string, string> {
  // Windows knows no case in names; on other systems nobody has two that differ in nothing else.
  const secrets = new Set(secretNames.flatMap((name) => [name.toUpperCase(), `${name.toUpperCase()}_FILE`]));
  const kept: Record<string, string> = {};
  for (const [name, value] of Object.entries(env)) {
    if (value === undefined || secrets.has(name.toUpperCase()) || SECRET_NAME.test(name)) continue;
    kept[name] = value;
  }
  return kept;
}
