/** An object while it is being put together. One that begins with a spread would get a hidden class of its own each time. */
export type Writable<Value> = { -readonly [Name in keyof Value]: Value[Name] };
