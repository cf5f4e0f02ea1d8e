/** What is made once and shared, unless making it failed. */

/** Calls `load` until it succeeds once; callers at the same time share one attempt, and a failure is nobody's but theirs. */
export function loadOnce<T>(load: () => Promise<T>): () => Promise<T> {
  let loading: Promise<T> | undefined;
  return () => {
    if (loading !== undefined) return loading;
    const attempt = load();
    loading = attempt;
    attempt.catch(() => {
      if (loading === attempt) loading = undefined;
    });
    return attempt;
  };
}
