import { describe, expect, it } from 'vitest';
import { findFormField, formBoundary, isForm, setFormField } from './form-field.js';
import { applyEdits } from './json-members.js';

const form = (...parts: readonly string[]): string =>
  `${parts.map((part) => `--b\r\nContent-Disposition: form-data; ${part}\r\n`).join('')}--b--\r\n`;
const FILE = 'name="file"; filename="a.wav"\r\nContent-Type: audio/wav\r\n\r\nname="model"\r\n\r\nno\x00\xff';

describe('formBoundary()', () => {
  it.each([
    ['multipart/form-data; boundary=abc', 'abc'],
    ['Multipart/Form-Data; charset=utf-8; Boundary="a b"', 'a b'],
    ['multipart/form-data', undefined],
  ])('%s', (type, boundary) => {
    expect(isForm(type)).toBe(true);
    expect(formBoundary(type)).toBe(boundary);
  });
  it.each(['application/json', 'multipart/mixed; boundary=a', 'multipart/form-database', null])(
    '%s - no form',
    (type) => expect(isForm(type)).toBe(false),
  );
});

describe('findFormField()', () => {
  it.each([
    ['first', form('name="model"\r\n\r\nwhisper-1', FILE), 'whisper-1'],
    ['behind a file that holds its like', form(FILE, 'name="model"\r\n\r\nwhisper-1'), 'whisper-1'],
    ['without quotes, with a type of its own', form('name=model\r\nContent-Type: text/plain\r\n\r\nm'), 'm'],
    ['twice', form('name="model"\r\n\r\none', 'name="model"\r\n\r\ntwo'), 'two'],
    ['empty', form('name="model"\r\n\r\n'), ''],
    ['of another name', form('name="modelx"\r\n\r\nm', FILE), undefined],
    ['in a body that is cut', '--b\r\nContent-Disposition: form-data; name="model"\r\n\r\nwhi', undefined],
    ['in what is no form', '{"model":"x"}', undefined],
  ])('%s', (_, text, value) => {
    const found = findFormField(text, 'b', 'model');
    expect(found && text.slice(found.start, found.end)).toBe(value);
  });
});

describe('setFormField()', () => {
  it('there - exchanged, every other byte kept', () => {
    const set = applyEdits(
      form(FILE, 'name="model"\r\n\r\nold'),
      setFormField(form(FILE, 'name="model"\r\n\r\nold'), 'b', 'model', '好'),
    );
    expect(set).toBe(form(FILE, `name="model"\r\n\r\n${Buffer.from('好').toString('latin1')}`));
  });
  it('not there - put in front', () => {
    expect(applyEdits(form(FILE), setFormField(form(FILE), 'b', 'model', 'm'))).toBe(
      form('name="model"\r\n\r\nm', FILE),
    );
  });
});
