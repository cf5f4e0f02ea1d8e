/** Log lines for people: time, level, message, then the fields. Made from the JSON lines, so both tell the same. */
import { createStyle, type Style } from '../terminal/style.js';

type Fields = Readonly<Record<string, unknown>>;

/** A stream for pino that writes `output` one readable line for each JSON line. */
export function prettyLines(
  output: { write(text: string): unknown; readonly isTTY?: boolean | undefined },
  env: Readonly<Record<string, string | undefined>>,
): { write(line: string): void } {
  const style = createStyle(output, env);
  return { write: (line) => void output.write(prettyLine(line, style)) };
}

function prettyLine(line: string, style: Style): string {
  let entry: Fields;
  try {
    entry = JSON.parse(line) as Fields;
  } catch {
    return line;
  }
  const { level, time, message, ...fields } = entry;
  const colour = { debug: style.dim, info: style.green, warn: style.yellow, error: style.red }[String(level)];
  const word = String(level).padEnd(5);
  const head = `${style.dim(clockTime(String(time)))} ${colour?.(word) ?? word} ${oneLine(String(message ?? ''))}`;
  const rest = Object.entries(fields).map(([name, value]) => `${style.dim(`${name}=`)}${fieldText(value)}`);
  const stack = stackOf(fields);
  return `${[head, ...rest].join(' ')}\n${stack === undefined ? '' : `${style.dim(stack)}\n`}`;
}

/** In the zone of whoever reads it. */
function clockTime(time: string): string {
  const date = new Date(time);
  if (Number.isNaN(date.getTime())) return time;
  return [date.getHours(), date.getMinutes(), date.getSeconds()].map((part) => String(part).padStart(2, '0')).join(':');
}

/** Errors as their chain of messages; anything that has spaces in quotes, so that fields stay apart. */
function fieldText(value: unknown): string {
  if (typeof value === 'string')
    return /^[\p{L}\p{N}\p{P}\p{S}]+$/u.test(value) && !/["=]/.test(value) ? value : quoted(value);
  if (isError(value)) {
    const chain: string[] = [];
    for (let error: unknown = value; isError(error); error = error.cause) chain.push(`${error.type}: ${error.message}`);
    return quoted(chain.join(' < '));
  }
  return quoted(value);
}

const quoted = (value: unknown): string => oneLine(JSON.stringify(value) ?? String(value));

/** Nothing that was logged may move the cursor or begin a line of its own. */
const oneLine = (text: string): string =>
  text.replaceAll(/\p{C}/gu, (character) => `\\u${(character.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`);

function stackOf({ cause }: Fields): string | undefined {
  if (!isError(cause) || typeof cause.stack !== 'string') return undefined;
  return cause.stack.replaceAll(/^/gm, '    ');
}

const isError = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && 'type' in value && 'message' in value;
