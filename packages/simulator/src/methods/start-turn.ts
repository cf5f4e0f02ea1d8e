import { internalError } from '../connection/rpc.js';
import { arrayMember, isJsonObject, type JsonObject, objectMember } from '../json-object.js';
import type { Lingma } from '../process/process-state.js';
import type { PromptRecord } from '../process/stats.js';
import type { EarlyFailure } from '../turn/early-failure.js';
import { selectDirective } from '../turn/select-directive.js';
import type { Turn } from '../turn/turn.js';
import { planTurn, type TurnPlan } from '../turn/turn-plan.js';

/** Turns that may run at once: each holds its prompt. */
const MAX_TURNS = 10_000;

/** @throws RpcError when too many turns run already */
export function checkRoomForTurn({ turns }: Lingma): void {
  if (turns.size >= MAX_TURNS) throw internalError('too many requests are running');
}

/** Reads the session's prompts and decides what the turn will do. */
export function planOf(lingma: Lingma, turn: Turn, prompt: PromptRecord): TurnPlan {
  const prompts = turn.session.records.map((record) => record.question);
  return planTurn(selectDirective(prompts), {
    prompts,
    answers: turn.session.records.map((record) => record.answer),
    images: prompt.images,
    nativeNames: lingma.switches.toolConfig === 'native' ? prompt.toolConfig : [],
    faults: (id, times) => lingma.faults.strikes(id, times),
  });
}

/** What keeps any turn from going well at the moment: login, quota, a model that never answers (protocol section 7.15). */
export function earlyFailureOf(lingma: Lingma): EarlyFailure | undefined {
  const { switches } = lingma;
  if (lingma.login.user() === undefined) {
    return { failure: { status: 401, message: 'not login' }, form: switches.notLoggedIn };
  }
  if (switches.quotaExceeded) {
    return { failure: { status: 429, message: 'quota exceeded' }, form: switches.quota };
  }
  if (switches.modelTimeout !== 'off') {
    return { failure: { status: 408, message: 'timeout' }, form: switches.modelTimeout };
  }
  return undefined;
}

/** Will the turn fail the request it began with? Then that must stay open until it does. */
export function failsItsRequest({ switches }: Lingma, earlyFailure: EarlyFailure | undefined, plan: TurnPlan): boolean {
  if (earlyFailure !== undefined) return earlyFailure.form === 'rpc-error';
  return plan.fault?.kind === 'error' && (plan.fault.form ?? switches.errorForm) === 'rpc-error';
}

/** Names of the caller's tools in `tool_config`, at top level or in `extra`, in both vendors' shapes (section 7.6). */
export function toolConfigNames(params: JsonObject): string[] {
  const atTop = params.tool_config;
  const config = isJsonObject(atTop) ? atTop : objectMember(objectMember(params, 'extra'), 'tool_config');
  return arrayMember(config, 'tools').flatMap((tool) => {
    if (!isJsonObject(tool)) return [];
    const name = tool.name ?? objectMember(tool, 'function').name;
    return typeof name === 'string' ? [name] : [];
  });
}

/** First words of a prompt, as a session title. */
export function titleOf(prompt: string): string {
  return prompt.trim().slice(0, 40).split('\n')[0] ?? '';
}
