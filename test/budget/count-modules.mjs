/** Loader hooks that count the files the program imports, and those of the host tools. Run in a thread of their own, so the counts are shared memory. */
let count;

export function initialize(memory) {
  count = new Int32Array(memory);
}

export async function load(url, context, nextLoad) {
  if (url.startsWith('file:')) Atomics.add(count, 0, 1);
  if (/\/(host-tools|fdir|picomatch)\/|\/packages\/login\//.test(url)) Atomics.add(count, 1, 1);
  return nextLoad(url, context);
}
