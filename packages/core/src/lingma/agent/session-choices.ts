/** The mode and the model of a session: chosen by the calls that the agent has for it, and seen to be taken. */
import { GatewayError } from '../../chat/index.js';
import { isJsonObject, type JsonObject } from '../../util/index.js';
import type { CallOptions, JsonRpcPeer } from '../jsonrpc/peer.js';
import { isUnknownMethod, toTurnError } from '../protocol/errors.js';
import type { LingmaModel } from '../protocol/models.js';
import { checkResult } from '../protocol/turn-end.js';
import type { AgentProfile } from './agent-profile.js';
import { askingMode } from './asking-mode.js';
import { type Choice, type Choices, modeChoices, modelChoices } from './config-choices.js';

/** A session that was opened, by the result of `session/new`. */
export interface OpenedSession {
  readonly peer: JsonRpcPeer;
  readonly title: string;
  readonly sessionId: string;
  readonly result: JsonObject;
}

/**
 * Puts it into a mode in which the agent asks before it acts. `undefined`: it has no modes.
 *
 * @throws GatewayError `not_ready` where none of its modes asks, or it does not take the one that does
 */
export async function chooseAskingMode(session: OpenedSession): Promise<Choice | undefined> {
  const forms = modeChoices(session.result);
  if (forms.length === 0) return undefined;
  let failure: unknown;
  for (const form of forms) {
    const wanted = askingMode(form.options);
    if (wanted === undefined) continue;
    if (form.current === wanted.id) return wanted;
    try {
      await select(session, form, wanted.id, 'mode');
      return wanted;
    } catch (error) {
      failure = error;
      if (session.peer.closed) throw error;
      // The same thing may be offered in another form.
      if (!isUnknownMethod(error)) break;
    }
  }
  throw actsUnasked(session.title, failure);
}

/** Whether the call was needed. @throws GatewayError where it is not taken, or the signal's reason */
export async function chooseModel(session: OpenedSession, modelKey: string, signal: AbortSignal): Promise<boolean> {
  const form = modelChoices(session.result).find(({ options }) => options.some(({ id }) => id === modelKey));
  if (form === undefined || form.current === modelKey) return false;
  try {
    await select(session, form, modelKey, 'model', { signal });
    return true;
  } catch (error) {
    if (signal.aborted || session.peer.closed) throw error;
    const failure = toTurnError(error);
    if (failure.code === 'login_required') throw failure;
    // Another model would answer in its name.
    throw new GatewayError('upstream_error', `${session.title} did not take the model`, { cause: error });
  }
}

/** The models that a session lets one choose from. */
export function modelsIn(result: JsonObject, { takesImages }: AgentProfile): readonly LingmaModel[] {
  const forms = modelChoices(result);
  const [form] = forms;
  if (form === undefined) return [];
  // The window may be told in the other form alone.
  const contexts = new Map(
    forms.flatMap(({ options }) => options.map(({ id, contextTokens }) => [id, contextTokens] as const)),
  );
  const { current, options } = form;
  // What its user has set it to need not be among what it offers.
  const isListed = current === undefined || current === '' || options.some(({ id }) => id === current);
  const all = isListed ? options : [{ id: current, name: current, description: '' }, ...options];
  return all.map(({ id, name, contextTokens = contexts.get(id) }) => ({
    id,
    upstreamId: id,
    displayName: name,
    isDefault: id === form.current,
    supportsReasoning: true,
    supportsImages: takesImages,
    ...(contextTokens !== undefined && { maxInputTokens: contextTokens }),
    scenes: [],
  }));
}

/** @throws what the call fails with, or that the agent says something else is chosen now */
async function select(
  { peer, title, sessionId }: OpenedSession,
  form: Choices,
  id: string,
  what: 'mode' | 'model',
  options: CallOptions = {},
): Promise<void> {
  const { method, params } = form.select(sessionId, id);
  const result = await peer.call(method, params, options);
  checkResult(result);
  if (method !== 'session/set_config_option' || !isJsonObject(result)) return;
  const now = (what === 'mode' ? modeChoices : modelChoices)(result)[0]?.current;
  if (now !== undefined && now !== id) throw new GatewayError('upstream_error', `${title} keeps another ${what}`);
}

function actsUnasked(title: string, cause: unknown): GatewayError {
  const why = cause === undefined ? 'has no mode in which it asks' : 'did not take the mode in which it asks';
  return new GatewayError(
    'not_ready',
    `${title} ${why} before it changes files or runs commands, so it is not used. ` +
      'Whoever wants that all the same sets nativeTools to run.',
    { shouldRetry: false, cause },
  );
}
