/**
 * Tools that are declared by their type alone and run by the caller's own program: `local_shell`, `shell`,
 * `apply_patch` (OpenAI's Responses reference). The model is offered them as functions; a call whose arguments are what
 * the tool takes becomes an item of the tool's own type.
 */
import type { ToolDefinition } from '../../../chat/index.js';
import { isJsonObject, type JsonObject } from '../../../util/index.js';
import { textInput } from '../../request/call-input.js';

export type BuiltInName = 'local_shell' | 'shell' | 'apply_patch';

export interface BuiltInTool {
  readonly definition: ToolDefinition;
  /** Of the ids of its calls. */
  readonly prefix: 'lsh' | 'sh' | 'apc';
  /** `type` and the members of the tool's own item, or `undefined` when the arguments are not what the tool takes. */
  readonly read: (input: JsonObject) => JsonObject | undefined;
}

const TIMEOUT = { type: 'integer', description: 'Time limit in milliseconds' } as const;

export const BUILT_IN_TOOLS: Readonly<Record<BuiltInName, BuiltInTool>> = {
  local_shell: {
    prefix: 'lsh',
    read: readLocalShell,
    definition: {
      kind: 'function',
      name: 'local_shell',
      description: "Runs a command on the user's machine and returns its output.",
      inputSchema: {
        type: 'object',
        properties: {
          command: { type: 'array', items: { type: 'string' }, description: 'The program and its arguments' },
          working_directory: { type: 'string', description: 'Folder to run in' },
          timeout_ms: TIMEOUT,
          env: {
            type: 'object',
            additionalProperties: { type: 'string' },
            description: 'Environment variables to set',
          },
        },
        required: ['command'],
      },
    },
  },
  shell: {
    prefix: 'sh',
    read: readShell,
    definition: {
      kind: 'function',
      name: 'shell',
      description: "Runs commands in a shell on the user's machine and returns what each printed.",
      inputSchema: {
        type: 'object',
        properties: {
          commands: {
            type: 'array',
            items: { type: 'string' },
            description: 'Shell commands, run one after the other',
          },
          timeout_ms: TIMEOUT,
          max_output_length: { type: 'integer', description: 'Characters of output to return for each command' },
        },
        required: ['commands'],
      },
    },
  },
  apply_patch: {
    prefix: 'apc',
    read: readPatch,
    definition: {
      kind: 'function',
      name: 'apply_patch',
      description:
        'Creates, updates or deletes one file. In the diff of create_file every line begins with "+". The diff of ' +
        'update_file has sections that begin with "@@", whose lines begin with " " (kept), "-" (removed) or "+" (added).',
      inputSchema: {
        type: 'object',
        properties: {
          operation: {
            type: 'object',
            properties: {
              type: { type: 'string', enum: ['create_file', 'update_file', 'delete_file'] },
              path: { type: 'string', description: 'Path of the file' },
              diff: { type: 'string', description: 'For create_file and update_file' },
            },
            required: ['type', 'path'],
          },
        },
        required: ['operation'],
      },
    },
  },
};

/** The tool that a declaration means; `undefined` for those that OpenAI's servers would run. */
export function builtInTool(declared: JsonObject): BuiltInTool | undefined {
  const { type, environment } = declared;
  if (typeof type !== 'string' || !Object.hasOwn(BUILT_IN_TOOLS, type)) return undefined;
  // A shell in a container is one of the server's.
  if (isJsonObject(environment) && environment.type !== 'local') return undefined;
  return BUILT_IN_TOOLS[type as BuiltInName];
}

function readLocalShell({ command, env, timeout_ms, working_directory, user }: JsonObject): JsonObject | undefined {
  // Models write one string where a list is asked for; a shell reads it as they meant it.
  const words = typeof command === 'string' ? ['bash', '-lc', command] : command;
  if (!isTexts(words)) return undefined;
  return {
    type: 'local_shell_call',
    action: {
      type: 'exec',
      command: words,
      env: isJsonObject(env)
        ? Object.fromEntries(Object.entries(env).map(([key, value]) => [key, textInput(value)]))
        : {},
      ...(typeof timeout_ms === 'number' && { timeout_ms: Math.trunc(timeout_ms) }),
      ...(typeof working_directory === 'string' && { working_directory }),
      ...(typeof user === 'string' && { user }),
    },
  };
}

function readShell({ commands, command, timeout_ms, max_output_length }: JsonObject): JsonObject | undefined {
  const given = commands ?? command;
  const list = typeof given === 'string' ? [given] : given;
  if (!isTexts(list)) return undefined;
  const whole = (value: unknown): number | null => (typeof value === 'number' ? Math.trunc(value) : null);
  return {
    type: 'shell_call',
    action: { commands: list, timeout_ms: whole(timeout_ms), max_output_length: whole(max_output_length) },
    environment: { type: 'local' },
  };
}

function readPatch({ operation }: JsonObject): JsonObject | undefined {
  if (!isJsonObject(operation)) return undefined;
  const { type, path, diff } = operation;
  if (typeof path !== 'string' || path === '') return undefined;
  if (type === 'delete_file') return { type: 'apply_patch_call', operation: { type, path } };
  if ((type !== 'create_file' && type !== 'update_file') || typeof diff !== 'string') return undefined;
  return { type: 'apply_patch_call', operation: { type, path, diff } };
}

const isTexts = (value: unknown): value is string[] =>
  Array.isArray(value) && value.length > 0 && value.every((word) => typeof word === 'string');
