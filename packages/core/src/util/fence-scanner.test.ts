import { describe, expect, it } from 'vitest';
import { type BodyEnd, FenceScanner } from './fence-scanner.js';

function scan(pieces: readonly string[], bodyEnd: BodyEnd = 'closing-line') {
  const seen: string[] = [];
  const add = (kind: string, value: string): void => {
    const last = seen.at(-1);
    if (last?.startsWith(`${kind}:`) === true) seen[seen.length - 1] = last + value;
    else seen.push(`${kind}:${value}`);
  };
  const scanner = new FenceScanner(
    {
      text: (chunk) => add('text', chunk),
      open: ({ kind, mark, info }) => {
        seen.push(`open ${kind} ${mark} ${info}`);
        return bodyEnd;
      },
      body: (chunk) => add('body', chunk),
      close: (raw) => seen.push(`close ${raw}`),
    },
    { tags: ['think'], inlineInfo: ['card::'] },
  );
  for (const piece of pieces) scanner.push(piece);
  scanner.end();
  return seen;
}

describe('FenceScanner', () => {
  it('push() - passes prose on at once', () => {
    const texts: string[] = [];
    const scanner = new FenceScanner({
      text: (chunk) => texts.push(chunk),
      open: () => 'closing-line',
      body: () => undefined,
      close: () => undefined,
    });
    scanner.push('Hello');
    scanner.push(' wor');
    scanner.push('ld\n');
    expect(texts).toEqual(['Hello', ' wor', 'ld\n']);
  });

  it('fences - open at line starts and close with a line of their own', () => {
    expect(scan(['a\n```ts x\nlet `b`\n``` no\n````\nend'])).toEqual([
      'text:a\n',
      'open fence ``` ts x',
      'body:let `b`\n``` no\n',
      'close ````\n',
      'text:end',
    ]);
  });

  it('fences - a shorter run does not close, tildes are fences too', () => {
    expect(scan(['~~~~\n```\n~~~\n~~~~'])).toEqual(['open fence ~~~~ ', 'body:```\n~~~\n', 'close ~~~~']);
  });

  it('fences - inline code at a line start is text', () => {
    expect(scan(['```a``` b\nc'])).toEqual(['text:```a``` b\nc']);
  });

  it('fences - in mid-line count only where asked for', () => {
    expect(scan(['see ```js\nno'])).toEqual(['text:see ```js\nno']);
    expect(scan(['see ```card::1\n``` after'], 'empty')).toEqual([
      'text:see ',
      'open fence ``` card::1',
      'close ```',
      'text: after',
    ]);
  });

  it('mark bodies - end wherever the mark stands, without the line end before it', () => {
    expect(scan(['````x\na ``` b\n````\ntext'], 'mark')).toEqual([
      'open fence ```` x',
      'body:a ``` b',
      'close ````',
      'text:\ntext',
    ]);
    expect(scan(['````x\nab````text'], 'mark')).toEqual(['open fence ```` x', 'body:ab', 'close ````', 'text:text']);
  });

  it('empty bodies - are just the first line when no mark follows', () => {
    expect(scan(['```card::1\nnot a mark'], 'empty')).toEqual(['open fence ``` card::1', 'close ', 'text:not a mark']);
  });

  it('tags - open at line starts only, line ends next to them are theirs', () => {
    expect(scan(['<think>\nhm\n</think>\nyes <think>no'])).toEqual([
      'open tag think ',
      'body:hm',
      'close </think>',
      'text:\nyes <think>no',
    ]);
    expect(scan(['```\n<think>\n```'])).toEqual(['open fence ``` ', 'body:<think>\n', 'close ```']);
  });

  it('end() - decides what was held back and closes what is open', () => {
    expect(scan(['<thi'])).toEqual(['text:<thi']);
    expect(scan(['``'])).toEqual(['text:``']);
    expect(scan(['<think>a\n</thi'])).toEqual(['open tag think ', 'body:a\n</thi', 'close ']);
    expect(scan(['```js'])).toEqual(['open fence ``` js', 'close ']);
  });

  it('push() - holds back a long info string no longer than its limit', () => {
    const info = 'x'.repeat(300);
    const seen = scan([`\`\`\`${info}\ncode\n\`\`\``]);
    expect(seen.join('|')).toContain('body:');
    expect(
      seen
        .filter((line) => line.startsWith('body:'))
        .map((line) => line.slice(5))
        .join(''),
    ).toBe(`${info.slice(80)}\ncode\n`);
  });

  it('push() - gives the same for every cut', () => {
    const samples = [
      'a\n```ts x\nlet `b`\n``` no\n````\nend',
      'x ```card::1\n```\n``` card::2\n<think>a\r\n</think>\r\n  ~~~\n~~~ \n',
      '<think>\r\na</thin</think>\n\n<thinker>\n```',
      '``` `\n````card::a`\n\n   ```card::b\n\n```\n',
    ];
    for (const bodyEnd of ['closing-line', 'mark', 'empty'] as const) {
      for (const sample of samples) {
        const whole = scan([sample], bodyEnd);
        for (let cut = 0; cut <= sample.length; cut++) {
          expect(scan([sample.slice(0, cut), sample.slice(cut)], bodyEnd)).toEqual(whole);
        }
        expect(scan([...sample], bodyEnd)).toEqual(whole);
      }
    }
  });

  it('push() - many lines without a tick, and one of nothing but ticks, take time in proportion', () => {
    // Looking for the next one to the end of the text each time would take minutes here.
    for (const unit of ['a line\n', '` a ', '`` b ']) {
      let length = 0;
      const scanner = new FenceScanner(
        {
          text: (chunk) => {
            length += chunk.length;
          },
          open: () => 'closing-line',
          body: () => undefined,
          close: () => undefined,
        },
        { tags: ['think'], inlineInfo: ['card::'] },
      );
      scanner.push(unit.repeat(1_000_000));
      scanner.end();
      expect(length).toBe(unit.length * 1_000_000);
    }
  });
});
