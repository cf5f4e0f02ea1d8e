/**
 * Tools that the API knows by their type, without a schema in the request, and that the caller's own client runs:
 * shell, text editor, memory, computer (Anthropic's tool documentation). The models here were not trained on them, so they are
 * told what these take. Tools that the API's servers run are not among them.
 */
import type { JsonObject } from '../../util/index.js';
import { wordOf } from '../request/parse-schema.js';

export interface ClientTool {
  readonly description: string;
  readonly inputSchema: JsonObject;
}

const PATH = { type: 'string', description: 'Absolute path of a file or folder' };
const FIND = { type: 'string', description: 'For str_replace: the text to replace; must occur exactly once' };
const LINE = { type: 'integer', description: 'For insert: the line after which the text goes; 0 is the beginning' };
const RANGE = {
  type: 'array',
  items: { type: 'integer' },
  description: 'For view: first and last line, counted from 1; -1 as the last means the end',
};

const SHELL: ClientTool = {
  description: 'Runs a command in a shell that keeps its state between calls, and returns its output.',
  inputSchema: {
    type: 'object',
    properties: {
      command: { type: 'string', description: 'The command to run; needed unless restart is set' },
      restart: { type: 'boolean', description: 'True to start the shell anew' },
    },
  },
};

const MEMORY: ClientTool = {
  description: 'Keeps notes in files below /memories, which last longer than this conversation.',
  inputSchema: {
    type: 'object',
    properties: {
      command: { type: 'string', enum: ['view', 'create', 'str_replace', 'insert', 'delete', 'rename'] },
      path: { type: 'string', description: 'Path below /memories; needed for all but rename' },
      view_range: RANGE,
      file_text: { type: 'string', description: 'For create: the content' },
      old_str: FIND,
      new_str: { type: 'string', description: 'For str_replace: the new text' },
      insert_line: LINE,
      insert_text: { type: 'string', description: 'For insert: the text' },
      old_path: { type: 'string', description: 'For rename' },
      new_path: { type: 'string', description: 'For rename' },
    },
    required: ['command'],
  },
};

/** @returns `undefined` for a type that no client runs. `declared.type` is for example `text_editor_20250728`. */
export function clientTool(declared: JsonObject): ClientTool | undefined {
  const [, kind, date] = /^(bash|text_editor|memory|computer)_(\d{8})$/.exec(wordOf(declared.type)) ?? [];
  switch (kind) {
    case 'bash':
      return SHELL;
    case 'text_editor':
      return textEditor(Number(date));
    case 'memory':
      return MEMORY;
    case 'computer':
      return computer(Number(date), declared);
    default:
      return undefined;
  }
}

function textEditor(date: number): ClientTool {
  const undo = date < 20250429;
  // The newest one has a member of its own for the text to insert.
  const inserted = date >= 20250728;
  return {
    description: 'Views, creates and edits text files.',
    inputSchema: {
      type: 'object',
      properties: {
        command: { type: 'string', enum: ['view', 'create', 'str_replace', 'insert', ...(undo ? ['undo_edit'] : [])] },
        path: PATH,
        view_range: RANGE,
        file_text: { type: 'string', description: 'For create: the content of the file' },
        old_str: FIND,
        new_str: { type: 'string', description: `For str_replace${inserted ? '' : ' and insert'}: the new text` },
        insert_line: LINE,
        ...(inserted && { insert_text: { type: 'string', description: 'For insert: the text' } }),
      },
      required: ['command', 'path'],
    },
  };
}

const POINT = { type: 'array', items: { type: 'integer' } };

function computer(date: number, { display_width_px, display_height_px }: JsonObject): ClientTool {
  const newer = date >= 20250124;
  const zooms = date >= 20251124;
  const size =
    typeof display_width_px === 'number' && typeof display_height_px === 'number'
      ? ` The screen measures ${display_width_px} x ${display_height_px} pixels.`
      : '';
  return {
    description: `Operates mouse and keyboard of a computer and takes pictures of its screen.${size}`,
    inputSchema: {
      type: 'object',
      properties: {
        action: {
          type: 'string',
          enum: [
            ...['screenshot', 'cursor_position', 'mouse_move', 'left_click', 'right_click', 'middle_click'],
            ...['double_click', 'left_click_drag', 'key', 'type'],
            ...(newer ? ['triple_click', 'left_mouse_down', 'left_mouse_up', 'scroll', 'hold_key', 'wait'] : []),
            ...(zooms ? ['zoom'] : []),
          ],
        },
        coordinate: { ...POINT, description: 'Where the mouse goes: [x, y] from the upper left corner' },
        text: { type: 'string', description: 'For type: the text. For key and hold_key: the keys, such as ctrl+s' },
        ...(newer && {
          start_coordinate: { ...POINT, description: 'For left_click_drag: where it begins' },
          scroll_direction: { type: 'string', enum: ['up', 'down', 'left', 'right'] },
          scroll_amount: { type: 'integer', description: 'For scroll: how many clicks of the wheel' },
          duration: { type: 'number', description: 'For hold_key and wait: seconds' },
        }),
        ...(zooms && { region: { ...POINT, description: 'For zoom: [x0, y0, x1, y1]' } }),
      },
      required: ['action'],
    },
  };
}
