import { describe, expect, it } from 'vitest';
import { findDirective, objectEnd } from './directive.js';

const find = (text: string) => findDirective(text)?.directive;

describe('objectEnd', () => {
  it('counts braces outside of strings only', () => {
    const json = '{"a":"}{\\"","b":{"c":["}"]}}';
    expect(objectEnd(`${json} }`, 0)).toBe(json.length);
  });

  it('is undefined for what never ends or is no object', () => {
    expect(objectEnd('{"a":1', 0)).toBeUndefined();
    expect(objectEnd('["a"]', 0)).toBeUndefined();
  });
});

describe('findDirective', () => {
  it('finds the object within a text', () => {
    expect(find('Say it. @sim {"text":"hi {there}"} now')?.text).toBe('hi {there}');
  });

  it('takes the last well-formed one', () => {
    const text = '@sim {"text":"a"} @sim {"text":"b"} @sim {broken} @sim nothing @sim {"text":';
    expect(find(text)?.text).toBe('b');
  });

  it('finds none in a text without one', () => {
    expect(find('no directive, only @sim and {}')).toBeUndefined();
    expect(find('')).toBeUndefined();
  });

  it('reads a directive that stands at the very start', () => {
    expect(find('@sim {"text":"x"}')?.text).toBe('x');
  });

  it('leaves out members of a wrong type', () => {
    const directive = find('@sim {"text":5,"chunks":"x","delayMs":-1,"finish":"why","tools":[{"input":{}}],"echo":7}');
    expect(Object.values(directive ?? {}).filter((value) => value !== undefined)).toEqual([[]]);
  });

  it('accepts times, id and cuts inside error', () => {
    const directive = find('@sim {"error":{"status":429,"message":"slow","times":2,"id":"x","dropAfterChunks":1}}');
    expect(directive).toMatchObject({
      error: { status: 429, message: 'slow', afterChunks: 0 },
      times: 2,
      id: 'x',
      dropAfterChunks: 1,
    });
  });

  it('reads echo true as transcript', () => {
    expect(find('@sim {"echo":true}')?.echo).toBe('transcript');
    expect(find('@sim {"echo":"images"}')?.echo).toBe('images');
  });
});
