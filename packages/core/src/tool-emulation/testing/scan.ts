/** Runs a text through the scanner, whole or in pieces, and writes down what came out. */
import type { ToolChoice, ToolDefinition } from '../../chat/index.js';
import { createToolIndex } from '../call/tool-index.js';
import { ToolScanner } from '../scanner/tool-scanner.js';

export interface Scanned {
  /** All visible text, joined. */
  readonly text: string;
  /** `name` or `namespace.name` and the input; functions parsed. */
  readonly calls: readonly (readonly [name: string, input: unknown])[];
  /** Calls the length limit cut. */
  readonly partial: readonly string[];
  /** Text and calls in their order: calls as `<name>`. */
  readonly order: string;
  readonly invented: boolean;
}

export interface ScanOptions {
  readonly tools: readonly ToolDefinition[];
  readonly choice?: ToolChoice;
  readonly isCut?: boolean;
}

export function scanPieces(pieces: Iterable<string>, { tools, choice, isCut = false }: ScanOptions): Scanned {
  let text = '';
  let order = '';
  let invented = false;
  const calls: (readonly [string, unknown])[] = [];
  const partial: string[] = [];
  const scanner = new ToolScanner(createToolIndex(tools, choice), {
    text(piece) {
      text += piece;
      order += piece;
    },
    call({ tool, input }) {
      const name = tool.namespace === undefined ? tool.name : `${tool.namespace}.${tool.name}`;
      calls.push([name, tool.kind === 'custom' ? input : JSON.parse(input)]);
      order += `<${name}>`;
    },
    partial({ tool, input }) {
      partial.push(`${tool.name} ${input}`);
    },
    invented() {
      invented = true;
    },
  });
  for (const piece of pieces) scanner.push(piece);
  scanner.end(isCut);
  return { text, calls, partial, order, invented };
}

/** The text cut at the given positions. */
export function cutAt(text: string, positions: readonly number[]): string[] {
  const pieces: string[] = [];
  let from = 0;
  for (const to of [...positions].sort((left, right) => left - right)) {
    pieces.push(text.slice(from, to));
    from = to;
  }
  return [...pieces, text.slice(from)];
}

/** Pseudo-random numbers in [0, 1) that are the same in every run. */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}
