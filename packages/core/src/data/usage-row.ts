/** What is kept of one request: who asked what of whom, what it took, and how it ended. No content, no address. */
export interface UsageRow {
  /** When it came in, ISO 8601 in UTC. */
  readonly at: string;
  readonly request_id: string;
  /** The key's name, the beginning of its hash, or `anonymous`. */
  readonly key: string;
  readonly channel: string;
  readonly instance?: string;
  readonly route: string;
  /** As it was asked for. */
  readonly model: string;
  readonly upstream_model?: string;
  readonly stream: boolean;
  readonly status: number;
  readonly prompt_tokens: number;
  readonly completion_tokens: number;
  /** Of the prompt, read from a cache. */
  readonly cached_tokens: number;
  /** The numbers are not the upstream's own. */
  readonly estimated: boolean;
  readonly ms: number;
  readonly ttft_ms?: number;
  /** Code of what it failed with. */
  readonly error?: string;
}

/** What rows are summed up to. */
export interface UsageSums {
  requests: number;
  errors: number;
  prompt_tokens: number;
  completion_tokens: number;
  cached_tokens: number;
}

export const noSums = (): UsageSums => ({
  requests: 0,
  errors: 0,
  prompt_tokens: 0,
  completion_tokens: 0,
  cached_tokens: 0,
});

export function addSums(sums: UsageSums, more: Readonly<UsageSums>): void {
  sums.requests += more.requests;
  sums.errors += more.errors;
  sums.prompt_tokens += more.prompt_tokens;
  sums.completion_tokens += more.completion_tokens;
  sums.cached_tokens += more.cached_tokens;
}

export const sumsOf = (row: UsageRow): UsageSums => ({
  requests: 1,
  errors: row.error === undefined ? 0 : 1,
  prompt_tokens: row.prompt_tokens,
  completion_tokens: row.completion_tokens,
  cached_tokens: row.cached_tokens,
});
