/**
 * Tools that the API knows by their type, without a schema in the request, and that the caller's own client runs:
 * shell, text editor, memory (Anthropic's tool documentation). The models here were not trained on them, so they are
 * told what these take. Tools that the API's servers run are not among them, nor is `computer`, which sees by pictures.
 */
import type { JsonObject } from '../../util/index.js';

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

/** @param type for example `text_editor_20250728`; `undefined` for a type that no client runs */
export function clientTool(type: string): ClientTool | undefined {
  const [, kind, date] = /^(bash|text_editor|memory)_(\d{8})$/.exec(type) ?? [];
  switch (kind) {
    case 'bash':
      return SHELL;
    case 'text_editor':
      return textEditor(Number(date));
    case 'memory':
      return MEMORY;
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
