/** Calls of the tests' tools, short enough to stand on a table's line. */
type Call = readonly [name: string, input: unknown];

export const weather = (city: string, more: object = {}): Call => ['get_weather', { city, ...more }];
export const read = (file_path: string, more: object = {}): Call => ['read_file', { file_path, ...more }];
export const write = (file_path: string, content: string): Call => ['write_file', { file_path, content }];
export const run = (command: string, more: object = {}): Call => ['terminal', { command, ...more }];
export const notes = (query: string, more: object = {}): Call => ['find_notes', { query, ...more }];
export const time: Call = ['get_time', {}];
