/** The settings of a repository around it are none of this example's. */
export default { test: { include: ['vitest/*.test.mjs'] } };
