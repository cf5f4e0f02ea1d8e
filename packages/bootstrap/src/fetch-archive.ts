/** Where an archive may be had, in the order in which it is tried, and one of these places. */
import { join } from 'node:path';
import { BootstrapError } from './bootstrap-error.js';
import type { BootstrapOptions } from './bootstrap-options.js';
import { downloadFile } from './download/download-file.js';
import type { HttpClient } from './download/http-client.js';
import { intactArchive, type KeptArchive, keepArchive, listArchives } from './download/kept-archives.js';
import { shownUrl, type UrlRule, urlRule } from './download/url-rule.js';
import { packageAddress } from './marketplace/extension-query.js';
import { queryStore } from './marketplace/query-store.js';
import type { Platform } from './platform.js';
import type { ProgressReport } from './progress.js';

export interface Place {
  readonly source: 'marketplace' | 'vsix';
  readonly address: string;
  readonly rule: UrlRule;
  /** As the store tells. */
  readonly version?: string;
}

export interface FetchHost {
  readonly downloads: string;
  readonly platform: Platform;
  readonly options: BootstrapOptions;
  readonly report: ProgressReport;
  readonly http: HttpClient;
}

/** Asks the store, if it is to be asked. What keeps it from telling goes to `onFailure`. */
export async function* places(
  { options, report, http, platform }: FetchHost,
  version: string | undefined,
  signal: AbortSignal,
  onFailure: (error: unknown) => void,
): AsyncGenerator<Place> {
  const { source, marketplace, vsixUrl, allowHosts } = options;
  if (source === 'marketplace') {
    const rule = urlRule({ given: marketplace.url, allowHosts });
    try {
      report.enter('query', version);
      const found = await queryStore(http, { ...marketplace, platform, version, allowHosts }, signal);
      for (const address of found.addresses) yield { source, address, rule, version: found.version };
    } catch (error) {
      signal.throwIfAborted();
      onFailure(error);
      // Where it is needs no telling, when one knows which.
      if (version !== undefined) yield { source, address: packageAddress(marketplace, version), rule, version };
    }
  }
  // What lies there is the latest, or what a mirror has: no use to who repairs another one.
  if (source === 'vsix' || version === options.version) {
    yield { source: 'vsix', address: vsixUrl, rule: urlRule({ given: vsixUrl, allowHosts }) };
  }
}

/** @throws BootstrapError, or the signal's reason */
export async function fetchArchive(
  { downloads, options, report, http }: FetchHost,
  { source, address, rule, version }: Place,
  signal: AbortSignal,
): Promise<KeptArchive> {
  report.enter('download', version);
  const url = shownUrl(new URL(address));
  const known = (await listArchives(downloads)).find((archive) => archive.url === url && archive.etag !== undefined);
  const hasKnown = known !== undefined && (await intactArchive(downloads, known, signal)) !== undefined;
  const { marketplace, clock, sha256, freeBytes } = options;
  const base =
    version === undefined ? lastPart(url) : `${marketplace.publisher}.${marketplace.extension}-${version}.vsix`;
  const target = join(downloads, base.replace(/[^\w.-]+/g, '-').slice(-120));
  const downloaded = await downloadFile(address, {
    ...{ http, rule, target, signal, clock, sha256 },
    ...(hasKnown && { knownEtag: known.etag }),
    ...(freeBytes !== undefined && { freeBytes }),
    onProgress: (bytes, total) => report.bytes(bytes, total),
  });
  if (downloaded !== 'unchanged') {
    const { path, ...facts } = downloaded;
    return keepArchive(downloads, path, { source, url, ...facts });
  }
  if (known === undefined || (sha256 !== undefined && known.sha256 !== sha256)) {
    throw new BootstrapError('wrong_checksum', 'The download that is there has another SHA-256 than it should have');
  }
  options.logger.info('What was downloaded before is still the latest', { url });
  return known;
}

const lastPart = (url: string): string => url.split('/').findLast((part) => part !== '') ?? 'lingma.vsix';
