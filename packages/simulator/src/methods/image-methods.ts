/** `image/upload` and the notification that follows it (protocol section 10.2). */
import { randomUUID } from 'node:crypto';
import { statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { stringMember } from '../json-object.js';
import type { MethodTable } from './call.js';

const MAX_IMAGE_BYTES = 10 * 1024 * 1024;
const IMAGE_URL_BASE = 'https://images.lingma-simulator.invalid/';

/** True for an address that `image/upload` gave out. */
export function isUploadedImageUrl(url: unknown): boolean {
  return typeof url === 'string' && url.startsWith(IMAGE_URL_BASE);
}

/** `image/upload`, protocol section 10.2: a reply at once, the address later in a notification. */
export const IMAGE_METHODS: MethodTable = {
  'image/upload': ({ lingma, client, params, afterReply }) => {
    const requestId = stringMember(params, 'requestId');
    const mode = lingma.switches.imageUpload;
    const problem = mode === 'refuse' ? 'upload refused' : imageProblem(stringMember(params, 'imageUri'));
    if (problem !== undefined) {
      return { requestId, errorCode: 'image_upload_failed', errorMessage: problem, result: { success: false } };
    }
    if (mode !== 'silent') {
      const failed = mode === 'fail';
      const outcome = {
        errorCode: failed ? 'image_upload_failed' : '',
        errorMessage: failed ? 'upload failed' : '',
        result: { requestId, imageUrl: failed ? '' : `${IMAGE_URL_BASE}${randomUUID()}.png` },
      };
      afterReply(() => client.notify('image/uploadResultNotification', outcome));
    }
    return { requestId, errorCode: '', errorMessage: '', result: { success: true } };
  },
};

/** Why a picture cannot be taken; undefined when it can. `uri`: file URI, path or data URI. */
function imageProblem(uri: string): string | undefined {
  if (uri === '') return 'imageUri is empty';
  const bytes = uri.startsWith('data:') ? dataUriBytes(uri) : fileBytes(uri);
  if (bytes === undefined || bytes === 0) return 'image cannot be read';
  return bytes > MAX_IMAGE_BYTES ? 'image is too large' : undefined;
}

function dataUriBytes(uri: string): number | undefined {
  const match = /^data:[^,]*;base64,/.exec(uri);
  return match ? Buffer.from(uri.slice(match[0].length), 'base64').length : undefined;
}

function fileBytes(uri: string): number | undefined {
  try {
    const path = uri.startsWith('file:') ? fileURLToPath(uri) : uri;
    const stat = statSync(path);
    return stat.isFile() ? stat.size : undefined;
  } catch {
    return undefined;
  }
}
