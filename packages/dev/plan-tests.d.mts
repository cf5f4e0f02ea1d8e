export interface TestPlan {
  /** Types and lint too. */
  readonly whole: boolean;
  /** Arguments of one vitest each. */
  readonly runs: readonly (readonly string[])[];
}
export function planTests(input: { args: readonly string[]; root: string; cwd: string }): TestPlan;
