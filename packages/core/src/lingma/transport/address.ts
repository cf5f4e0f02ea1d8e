import { shownUrl } from './redact.js';

/** Where a running Lingma can be reached. */
export type LingmaAddress = WebSocketAddress | PipeAddress;

/** A WebSocket. */
export interface WebSocketAddress extends AddressOrigin {
  readonly kind: 'websocket';
  /** `ws://127.0.0.1:36510/` */
  readonly url: string;
}

/** Named pipe on Windows, unix socket elsewhere. */
export interface PipeAddress extends AddressOrigin {
  readonly kind: 'pipe';
  readonly path: string;
}

/** Where an address comes from. */
export interface AddressOrigin {
  /** The work folder of the process, where its `cache` lies. */
  readonly workDir?: string;
  readonly pid?: number;
  /** What told of it: a file's path, `configured WebSocket address`, `list of pipes`. For the log and `doctor`. */
  readonly origin: string;
}

/** One line for the log: the URL, without what gives access, or the path. */
export function describeAddress(address: LingmaAddress): string {
  return address.kind === 'websocket' ? shownUrl(address.url) : address.path;
}
