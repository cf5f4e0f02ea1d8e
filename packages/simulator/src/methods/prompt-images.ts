import { accessSync, constants } from 'node:fs';
import { isJsonObject, type JsonObject, stringMember } from '../json-object.js';
import type { Lingma } from '../process/process-state.js';

/** How many pictures of an ACP prompt can be read where this product reads them (protocol section 10.1). */
export function countPromptImages(lingma: Lingma, prompt: readonly unknown[]): number {
  const { imageSource } = lingma.switches;
  return prompt.filter((part) => {
    if (!isJsonObject(part) || part.type !== 'image') return false;
    const found =
      (imageSource !== 'file' && hasInlineData(part)) || (imageSource !== 'data' && isReadable(filePathOf(part)));
    if (!found) lingma.log('failed to read image of prompt');
    return found;
  }).length;
}

function hasInlineData(part: JsonObject): boolean {
  const data = stringMember(part, 'data');
  return data !== '' && Buffer.from(data, 'base64').length > 0;
}

/** `lingma:///agent/file?path=<url-encoded path>` → the path. */
function filePathOf(part: JsonObject): string {
  const uri = stringMember(part, 'uri');
  try {
    const url = new URL(uri);
    return /^(lingma|qodercn):$/.test(url.protocol) ? (url.searchParams.get('path') ?? '') : '';
  } catch {
    return '';
  }
}

function isReadable(path: string): boolean {
  if (path === '') return false;
  try {
    accessSync(path, constants.R_OK);
    return true;
  } catch {
    return false;
  }
}
