/** A gateway that runs on this machine already, asked over HTTP by the commands that find no Lingma themselves. */
import { GatewayError } from '@lingma-gateway/core';

export interface RunningGateway {
  /** `http://127.0.0.1:8317` */
  readonly url: string;
  /** @throws GatewayError */
  listModels(signal?: AbortSignal): Promise<readonly GatewayModel[]>;
  /** @throws GatewayError */
  ask(question: Question, signal: AbortSignal): AsyncIterable<AnswerPiece>;
}

export interface GatewayModel {
  readonly id: string;
  readonly name: string;
}

export interface Question {
  readonly prompt: string;
  readonly system?: string;
  readonly model?: string;
}

export type AnswerPiece =
  | { readonly type: 'text' | 'reasoning'; readonly delta: string }
  | { readonly type: 'end'; readonly reason: string };

const LOOK_MS = 2000;

/** Undefined when nothing answers there, or something else does. */
export async function findRunningGateway(
  { host, port }: { readonly host: string; readonly port: number },
  key: string | undefined,
): Promise<RunningGateway | undefined> {
  if (port === 0) return undefined;
  const url = `http://${reachableHost(host)}:${port}`;
  try {
    const response = await fetch(`${url}/`, { signal: AbortSignal.timeout(LOOK_MS) });
    if (((await response.json()) as { name?: unknown }).name !== 'lingma-gateway') return undefined;
  } catch {
    return undefined;
  }
  const headers = { 'content-type': 'application/json', ...(key !== undefined && { authorization: `Bearer ${key}` }) };
  return {
    url,
    async listModels(signal) {
      const response = await fetch(`${url}/v1/models`, { headers, ...(signal !== undefined && { signal }) });
      const body = (await checked(response).then((fine) => fine.json())) as {
        data: readonly { id: string; name?: string }[];
      };
      return body.data.map(({ id, name }) => ({ id, name: name ?? id }));
    },
    async *ask({ prompt, system, model = 'auto' }, signal) {
      const messages = [
        ...(system === undefined ? [] : [{ role: 'system', content: system }]),
        { role: 'user', content: prompt },
      ];
      const response = await fetch(`${url}/v1/chat/completions`, {
        method: 'POST',
        headers,
        signal,
        body: JSON.stringify({ model, stream: true, messages }),
      });
      yield* pieces(await checked(response));
    },
  };
}

/** "Every address" is no address to connect to. */
export function reachableHost(host: string): string {
  if (host === '0.0.0.0') return '127.0.0.1';
  const bare = host.replace(/^\[(.*)\]$/, '$1');
  if (bare === '::') return '[::1]';
  return bare.includes(':') ? `[${bare}]` : bare;
}

interface ErrorBody {
  readonly message?: string;
  readonly code?: string | null;
}

async function checked(response: Response): Promise<Response> {
  if (response.ok) return response;
  const { error } = ((await response.json().catch(() => ({}))) ?? {}) as { error?: ErrorBody };
  throw failure(error, response.status);
}

const failure = (error: ErrorBody | undefined, status?: number): GatewayError =>
  new GatewayError(
    status === 401 ? 'unauthenticated' : 'upstream_error',
    error?.message ?? `The gateway answered with ${status ?? 'an error'}`,
  );

interface Chunk {
  readonly error?: ErrorBody;
  readonly choices?: readonly {
    readonly delta?: { readonly content?: string | null; readonly reasoning_content?: string | null };
    readonly finish_reason?: string | null;
  }[];
}

/** Characters of one event: far more than a gateway sends at once. */
const MAX_LINE = 4 * 1024 * 1024;

/** Our own stream, so its lines are as we write them: one `data:` an event. */
async function* pieces(response: Response): AsyncGenerator<AnswerPiece> {
  let rest = '';
  const decoder = new TextDecoder();
  for await (const bytes of response.body as unknown as AsyncIterable<Uint8Array>) {
    const lines = (rest + decoder.decode(bytes, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    if (rest.length > MAX_LINE) throw new GatewayError('upstream_protocol', 'The gateway sent a line without end');
    for (const line of lines) {
      if (!line.startsWith('data: ') || line === 'data: [DONE]') continue;
      const chunk = JSON.parse(line.slice(6)) as Chunk;
      if (chunk.error !== undefined) throw failure(chunk.error);
      const [choice] = chunk.choices ?? [];
      const { content, reasoning_content: reasoning } = choice?.delta ?? {};
      if (reasoning) yield { type: 'reasoning', delta: reasoning };
      if (content) yield { type: 'text', delta: content };
      if (choice?.finish_reason) yield { type: 'end', reason: choice.finish_reason };
    }
  }
}
