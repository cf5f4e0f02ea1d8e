/** What the operator's routes have in common. */
import type { GatewayError } from '../../chat/index.js';
import type { JsonObject } from '../../util/index.js';
import type { ErrorEnvelope } from '../../wire/index.js';

export const ADMIN = {
  protocol: 'openai-chat',
  versioned: false,
  access: 'admin',
  encodeError: withDetails,
} as const;

/** Programs of operators want more than a sentence. */
function withDetails({ details }: GatewayError, envelope: ErrorEnvelope): ErrorEnvelope {
  if (details === undefined) return envelope;
  const error = envelope.body.error as JsonObject;
  return { ...envelope, body: { error: { ...error, details: details as JsonObject } } };
}
