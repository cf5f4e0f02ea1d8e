/** The one line that the log has of each request. */
import type { Logger } from '../../util/index.js';
import type { FinishedRequest } from './finished-request.js';
import { reasonForLog, shorten } from './log-reason.js';

/** Of the model's name: clients may ask for anything. */
const MAX_MODEL_LENGTH = 100;

export function logRequest(logger: Logger, request: FinishedRequest): void {
  const { method, route, status, ms, principal, keyName, remoteAddress, record, error } = request;
  const fields = {
    method,
    route,
    status,
    ms,
    principal,
    ...(keyName !== undefined && { keyName }),
    ...(remoteAddress !== undefined && { remoteAddress }),
    ...record,
    ...(record.model !== undefined && { model: shorten(record.model, MAX_MODEL_LENGTH) }),
    ...(error !== undefined && { error: error.code, reason: reasonForLog(error) }),
    ...(error?.cause !== undefined && { cause: error.cause }),
  };
  if (error === undefined || error.code === 'client_closed') logger.info('request', fields);
  else if (error.status >= 500) logger.error('request', fields);
  else logger.warn('request', fields);
}
