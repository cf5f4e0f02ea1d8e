/** What an upstream may do wrong, and how it words a refusal. */

/** Bodies of refusals, as servers of this kind send them. */
export const ERROR_FORMS = ['openai', 'one-api', 'html', 'empty', 'string'] as const;
/** The form of the body of a refusal. */
export type ErrorForm = (typeof ERROR_FORMS)[number];

/** What an upstream does in the place of a good answer. */
export interface UpstreamFault {
  /** Of the refusal; 0: none. */
  readonly status?: number;
  readonly form?: ErrorForm;
  readonly message?: string;
  /** `code` of the error. */
  readonly code?: string;
  /** Sent as it is. */
  readonly retryAfter?: string;
  /** The connection is cut after so many chunks. */
  readonly cutAfterChunks?: number;
  /** An error in the midst of the stream, after so many chunks. */
  readonly errorAfterChunks?: number;
  readonly noDone?: boolean;
  /** Comments between the events. */
  readonly comments?: boolean;
  readonly crlf?: boolean;
  /** One byte a write. */
  readonly oneByte?: boolean;
  /** Milliseconds before the head of the answer. */
  readonly slowHeadersMs?: number;
  /** 400 for requests with this member. */
  readonly refusesMember?: string;
  /** Usage is told in no answer. */
  readonly noUsage?: boolean;
  /** How many requests it strikes. Absent: all. */
  readonly times?: number;
  /** Of so many requests it strikes one. */
  readonly every?: number;
}

const FORMS: Readonly<Record<ErrorForm, (fault: UpstreamFault) => { readonly type: string; readonly body: string }>> = {
  openai: ({ message, code }) => ({
    type: 'application/json',
    body: JSON.stringify({ error: { message, type: 'server_error', param: null, code: code ?? null } }),
  }),
  'one-api': ({ message, code }) => ({
    type: 'application/json; charset=utf-8',
    body: JSON.stringify({
      error: { message: `${message} (request id: 2024)`, type: 'one_api_error', param: '', code: code ?? null },
    }),
  }),
  html: ({ message }) => ({
    type: 'text/html',
    body: `<html><head><title>${message}</title></head><body><h1>${message}</h1></body></html>`,
  }),
  empty: () => ({ type: 'text/plain', body: '' }),
  string: ({ message }) => ({ type: 'application/json', body: JSON.stringify({ error: message }) }),
};

export const refusalOf = (fault: UpstreamFault): { readonly type: string; readonly body: string } =>
  FORMS[fault.form ?? 'openai']({ ...fault, message: fault.message ?? 'The upstream has a fault' });
