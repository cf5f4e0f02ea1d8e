/** Makes the compiler ask for a missing case; throws if the types lied. */
export function assertNever(value: never): never {
  throw new Error(`Unexpected value: ${JSON.stringify(value)}`);
}
