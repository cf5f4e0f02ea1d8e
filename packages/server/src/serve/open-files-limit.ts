/** How many file descriptors this process may have, and how many connections that is. */
import { type ConnectionLimits, connectionLimits } from '@lingma-gateway/node';

interface Report {
  readonly userLimits?: { readonly open_files?: { readonly soft?: number | string } };
}

/** `undefined` where there is no such limit, or where the system does not tell. */
export function openFilesLimit(): number | undefined {
  // Before any connection is open, or the report would look up the names of its other ends.
  const { userLimits } = (process.report?.getReport() ?? {}) as Report;
  const soft = userLimits?.open_files?.soft;
  return typeof soft === 'number' && soft > 0 ? soft : undefined;
}

export interface ConnectionBounds {
  /** To Lingma. A turn that finds none free waits its turn. */
  readonly maxConnections: number;
  /** Of clients. */
  readonly connections?: ConnectionLimits;
}

/**
 * A turn takes a connection of a client and one to Lingma, which is two where `bothEnds` of it lie in this process. Lingma's get
 * a quarter of the descriptors at the most.
 */
export function withinOpenFiles(wanted: number, descriptors: number | undefined, bothEnds: boolean): ConnectionBounds {
  if (descriptors === undefined) return { maxConnections: wanted };
  const each = bothEnds ? 2 : 1;
  const maxConnections = Math.max(1, Math.min(wanted, Math.floor(descriptors / 4 / each)));
  return { maxConnections, connections: connectionLimits(descriptors, maxConnections * each) };
}
