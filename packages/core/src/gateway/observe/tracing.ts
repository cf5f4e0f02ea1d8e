/**
 * Requests as spans of OpenTelemetry, made when a request is over out of the times that were noted: nothing of it runs while
 * an answer streams. `@opentelemetry/api` is not ours to bring. It is loaded once a program has registered a tracer with it,
 * which shows in a global that all copies of the API share; where nobody has, nothing is looked for.
 */
import type { ContextManager, TracerProvider } from '@opentelemetry/api';
import type { Logger } from '../../util/index.js';
import type { FinishedRequest } from './finished-request.js';

type OpenTelemetry = typeof import('@opentelemetry/api');

export interface TracingOptions {
  readonly version: string;
  readonly logger: Logger;
  /** For tests. */
  readonly load?: () => Promise<OpenTelemetry>;
}

export interface Tracing {
  /** What is active where a request comes in: a server's own span, as a rule. */
  parentContext(): unknown;
  finished(request: FinishedRequest): void;
}

/**
 * Of the first major version of the API, the only one there is. Read from here and not through the API, which takes nothing from
 * a global that an older copy of it has made.
 */
const REGISTERED = Symbol.for('opentelemetry.js.api.1');
interface Registered {
  readonly trace?: TracerProvider;
  readonly context?: ContextManager;
}
const registered = (): Registered => (globalThis as { [REGISTERED]?: Registered })[REGISTERED] ?? {};

const TRACER = 'lingma-gateway';

export function createTracing({ version, logger, load = () => import('@opentelemetry/api') }: TracingOptions): Tracing {
  let api: OpenTelemetry | undefined;
  let spans: typeof import('./request-spans.js') | undefined;
  let loading: Promise<void> | undefined;
  const loadApi = async (): Promise<void> => {
    try {
      [spans, api] = await Promise.all([import('./request-spans.js'), load()]);
    } catch (cause) {
      logger.warn(
        'OpenTelemetry is set up, but @opentelemetry/api cannot be loaded from here: requests are not traced',
        { cause },
      );
    }
  };
  /** The program may set up its tracing after us. */
  const look = (): void => {
    if (loading === undefined && registered().trace !== undefined) loading = loadApi();
  };
  const trace = (loaded: OpenTelemetry, request: FinishedRequest): void => {
    const tracer = registered().trace?.getTracer(TRACER, version);
    if (tracer !== undefined) spans?.traceRequest(loaded, tracer, request);
  };
  look();
  return {
    parentContext() {
      look();
      return api && registered().context?.active();
    },
    finished(request) {
      if (!request.isChat || loading === undefined) return;
      if (api !== undefined) trace(api, request);
      else void loading.then(() => api !== undefined && trace(api, request));
    },
  };
}
