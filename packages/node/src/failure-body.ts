/** What a client is told where no gateway is reached: OpenAI's envelope with every member, and a request id all the same. */
import { randomUUID } from 'node:crypto';

export interface Failure {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** `param` is always null: what failed is no field. */
export function failure(status: number, message: string, code: string): Failure {
  const type = status < 500 ? 'invalid_request_error' : 'server_error';
  const body = JSON.stringify({ error: { message, type, param: null, code } });
  return {
    headers: {
      'content-type': 'application/json',
      'content-length': String(Buffer.byteLength(body)),
      'x-request-id': `req_${randomUUID().replaceAll('-', '')}`,
    },
    body,
  };
}
