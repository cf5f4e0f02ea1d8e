/** Loader hooks that count the files the program imports. Run in a thread of their own, so the count is shared memory. */
let count;

export function initialize(memory) {
  count = new Int32Array(memory);
}

export async function load(url, context, nextLoad) {
  if (url.startsWith('file:')) Atomics.add(count, 0, 1);
  return nextLoad(url, context);
}
