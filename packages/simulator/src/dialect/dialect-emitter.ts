import type { PlanEntry, ScriptedFinish } from '../turn/directive.js';
import type { Failure, FailureForm } from '../turn/failure.js';
import type { ToolCall } from './tool-format.js';

/** Something to wait for before more is said: room in the socket, or the answer to an event. */
export type Wait = Promise<unknown> | undefined;

/** One dialect's way to say what a turn says. `runTurn` decides what and when; an emitter knows the methods and members. */
export interface DialectEmitter {
  /** How reasoning is told: own events (`delta`, `cumulative`), inside the answer text, or not at all. */
  readonly thinking: 'events' | 'fence' | 'tag' | 'none';
  /** What comes before any text. */
  open(): Wait;
  thought(delta: string): Wait;
  thoughtEnd(): Wait;
  answer(delta: string): Wait;
  /** Replaces all text so far, where the dialect can. */
  overwrite(text: string): Wait;
  /** The content filter took the answer back, where the dialect can say so. */
  filtered(): Wait;
  /** One of Lingma's own tools, from its first event to its last. */
  tool(call: ToolCall): Promise<void>;
  /** What the agent means to do, where the dialect can say so. */
  plan(entries: readonly PlanEntry[]): Wait;
  usage(usedTokens: number, scripted: boolean): Wait;
  finish(finish: ScriptedFinish, fullAnswer: string): Wait;
  fail(failure: Failure, form: FailureForm): Wait;
}
