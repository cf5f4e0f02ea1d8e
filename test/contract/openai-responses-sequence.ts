/** The order of a Responses event stream, as strict decoders insist on it. Returns what breaks it. */
export interface ResponsesEvent {
  readonly type: string;
  readonly sequence_number: number;
  readonly output_index?: number;
  readonly content_index?: number;
  readonly summary_index?: number;
  readonly item_id?: string;
  readonly delta?: string;
  readonly text?: string;
  readonly arguments?: string;
  readonly input?: string;
  readonly item?: Item;
  readonly part?: { readonly type: string; readonly text: string };
  readonly response?: { readonly id: string; readonly status: string; readonly output: readonly Item[] };
}

interface Item {
  readonly id: string;
  readonly type: string;
  readonly status?: string;
  readonly arguments?: string;
  readonly input?: string;
  readonly content?: readonly { readonly text: string }[];
  readonly summary?: readonly { readonly text: string }[];
}

/** The events of a stream that is framed exactly as promised: an `event:` line, a `data:` line of JSON, an empty line. */
export function readEvents(stream: string): ResponsesEvent[] {
  if (!stream.endsWith('\n\n')) throw new Error('The stream ends inside a frame');
  return stream
    .slice(0, -2)
    .split('\n\n')
    .map((frame) => {
      const [event, data, ...rest] = frame.split('\n');
      const parsed = JSON.parse((data ?? '').replace(/^data: /, '')) as ResponsesEvent;
      if (rest.length > 0 || event !== `event: ${parsed.type}`) throw new Error(`Not a frame: ${frame}`);
      return parsed;
    });
}

const TERMINAL = ['response.completed', 'response.incomplete', 'response.failed'];

export function sequenceProblems(events: readonly ResponsesEvent[]): string[] {
  const problems: string[] = [];
  const expect = (truth: boolean, what: string): void => {
    if (!truth) problems.push(what);
  };
  const done: Item[] = [];
  let open: Item | undefined;
  let gathered = '';
  let part = false;
  let terminal = 0;

  events.forEach((event, index) => {
    const at = `${index} ${event.type}`;
    expect(event.sequence_number === index, `${at}: sequence_number ${event.sequence_number}`);
    expect(terminal === 0, `${at}: after the last event`);
    if (event.item_id !== undefined) expect(event.item_id === open?.id, `${at}: item ${event.item_id} is not open`);
    if (event.output_index !== undefined) expect(event.output_index === done.length, `${at}: output_index`);
    expect((event.content_index ?? 0) === 0 && (event.summary_index ?? 0) === 0, `${at}: part index`);
    if (index === 0) expect(event.type === 'response.created', `${at}: created comes first`);
    if (index === 1) expect(event.type === 'response.in_progress', `${at}: in_progress comes second`);

    if (event.type === 'response.output_item.added') {
      expect(open === undefined, `${at}: ${open?.id} is still open`);
      open = event.item;
      gathered = '';
    } else if (event.type.endsWith('part.added')) {
      expect(!part, `${at}: a part is still open`);
      part = true;
    } else if (event.type.endsWith('.delta')) {
      expect(event.delta !== '', `${at}: empty delta`);
      gathered += event.delta ?? '';
    } else if (/(text|arguments|input)\.done$/.test(event.type)) {
      expect((event.text ?? event.arguments ?? event.input) === gathered, `${at}: not what was gathered`);
    } else if (event.type.endsWith('part.done')) {
      expect(part && event.part?.text === gathered, `${at}: part`);
      part = false;
    } else if (event.type === 'response.output_item.done') {
      const item = event.item as Item;
      expect(item.id === open?.id && item.type === open.type, `${at}: not the open item`);
      expect(!part, `${at}: its part is still open`);
      expect(item.status !== 'in_progress', `${at}: still in progress`);
      const whole = item.arguments ?? item.input ?? item.content?.[0]?.text ?? item.summary?.[0]?.text ?? '';
      expect(whole === gathered, `${at}: does not repeat the whole item`);
      done.push(item);
      open = undefined;
    } else if (TERMINAL.includes(event.type)) {
      terminal++;
      expect(open === undefined, `${at}: ${open?.id} is still open`);
      expect(event.type === `response.${event.response?.status}`, `${at}: status ${event.response?.status}`);
      expect(JSON.stringify(event.response?.output) === JSON.stringify(done), `${at}: output is not what was sent`);
    }
  });
  expect(terminal === 1, `${terminal} last events`);
  expect(new Set(done.map((item) => item.id)).size === done.length, 'ids repeat');
  return problems;
}
