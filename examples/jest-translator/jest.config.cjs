/** Nothing is transformed: what is tested runs as it stands. */
module.exports = {
  testEnvironment: 'node',
  transform: {},
  testMatch: ['<rootDir>/jest/*.test.*'],
  moduleFileExtensions: ['js', 'cjs', 'mjs', 'json'],
};
