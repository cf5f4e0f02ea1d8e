/** The three steps of a picture in the LSP chat dialect (protocol section 10.2): upload, notification, url. */
import { GatewayError } from '../../../chat/index.js';
import { abortable, isJsonObject, type JsonValue, OutsideTextError, sleep } from '../../../util/index.js';
import type { JsonRpcPeer } from '../../jsonrpc/peer.js';
import { failureInResult, stringOf } from '../../protocol/turn-end.js';
import { withoutSecrets } from '../../transport/redact.js';
import type { PreparedImage } from '../../turn/turn-contract.js';

const UPLOAD_WAIT_MS = 10_000;
/** 10 MB is what the known servers take. */
const MAX_BYTES = 10 * 1024 * 1024;

/**
 * The url to put into `chatContext.imageUrls`.
 *
 * @throws GatewayError `payload_too_large`, `upstream_error`, `upstream_timeout`, or the signal's reason
 */
export async function uploadImage(peer: JsonRpcPeer, image: PreparedImage, signal: AbortSignal): Promise<string> {
  if (image.data.length * 0.75 > MAX_BYTES) {
    throw new GatewayError('payload_too_large', 'A picture is larger than the 10 MB that Lingma takes');
  }
  const requestId = crypto.randomUUID();
  let stopListening: (() => void) | undefined;
  const done = new AbortController();
  const uploaded = new Promise<string>((resolve, reject) => {
    // The notification may overtake the reply, so it is listened for before the call.
    stopListening = peer.on('image/uploadResultNotification', ({ params }) => {
      const result = isJsonObject(params.result) ? params.result : params;
      if ((result.requestId ?? params.requestId) !== requestId) return undefined;
      const url = stringOf(result.imageUrl);
      if (url !== undefined && url !== '') resolve(url);
      else reject(refused(params));
      return undefined;
    });
  });
  uploaded.catch(() => undefined);
  try {
    const reply = await peer.call(
      'image/upload',
      { imageUri: `data:${image.mediaType};base64,${image.data}`, requestId },
      { signal, timeoutMs: UPLOAD_WAIT_MS },
    );
    const inner = isJsonObject(reply) ? reply.result : undefined;
    if (failureInResult(reply) !== undefined || (inner !== undefined && failureInResult(inner) !== undefined)) {
      throw refused(reply);
    }
    const direct = stringOf(
      (isJsonObject(inner) ? inner.imageUrl : undefined) ?? (isJsonObject(reply) ? reply.imageUrl : undefined),
    );
    if (direct !== undefined && direct !== '') return direct;
    const late = sleep(UPLOAD_WAIT_MS, done.signal).then((): never => {
      throw new GatewayError('upstream_timeout', 'Lingma did not confirm the upload of a picture');
    });
    late.catch(() => undefined);
    return await abortable(Promise.race([uploaded, late]), signal);
  } finally {
    stopListening?.();
    done.abort(new GatewayError('client_closed', 'The upload is over'));
  }
}

function refused(reply: JsonValue): GatewayError {
  return new GatewayError('upstream_error', 'Lingma did not take a picture', {
    cause: new OutsideTextError(withoutSecrets(JSON.stringify(reply))),
  });
}
