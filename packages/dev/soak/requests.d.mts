export interface RequestPlan {
  readonly kind: string;
  readonly protocol: { readonly path: string };
  readonly stream: boolean;
  readonly text: string;
  readonly body: object;
  readonly leaveAfterMs: number | undefined;
}
export function seededRandom(seed: number): () => number;
export function planRequest(index: number, random: () => number): RequestPlan;
/** `complete`, `refused`, `failed`, `left`, or `wrong: …`. */
export function askOne(base: string, plan: RequestPlan): Promise<string>;
