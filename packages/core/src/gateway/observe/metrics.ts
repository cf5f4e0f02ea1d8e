/**
 * The numbers as Prometheus reads them. They are counted as plain numbers elsewhere; this and prom-client are loaded when somebody
 * wants to read them (`load-metrics.ts`): most gateways on a desk are never asked, and need not hold it in memory. Text format 0.0.4 only, since
 * counters without `_total` have no place in OpenMetrics.
 * Over 250 lines: what is named to Prometheus stands in one list.
 */
import type { Counter, Gauge, Histogram, Registry } from 'prom-client';
import * as prom from 'prom-client';
import { CHANNEL_STATES, type ChannelReport } from '../../channel/index.js';
import { LOGIN_STATES } from '../../lingma/index.js';
import type { Counters } from './counters.js';
import { type Gauges, INSTANCE_STATES, type ObservedInstance } from './gauges.js';
import { CounterFamily, type HistogramFamily } from './series.js';

/**
 * Where metrics are registered and read: prom-client's `Registry`, of whichever version and copy the program has. This package
 * carries its own prom-client, and its declarations name none.
 */
export interface MetricsRegistry {
  readonly contentType: string;
  registerMetric(metric: object): void;
  metrics(): Promise<string>;
}

export interface MetricsOptions {
  readonly counters: Counters;
  readonly gauges: Gauges;
  readonly version: string;
  /** Gets the gateway's metrics beside its own. Default: one that belongs to the gateway, with the process's metrics. */
  readonly registry?: MetricsRegistry;
}

export interface MetricsText {
  readonly text: string;
  readonly contentType: string;
}

/** Registers; a scrape reads what was counted until then. */
export function createMetrics(options: MetricsOptions): () => Promise<MetricsText> {
  // All that its metrics ask of it.
  const registry = (options.registry as Registry | undefined) ?? new prom.Registry();
  registerAll(registry, options);
  if (options.registry === undefined) prom.collectDefaultMetrics({ register: registry });
  return async () => ({ text: await registry.metrics(), contentType: registry.contentType });
}

function registerAll(registry: Registry, { counters, gauges, version }: MetricsOptions): void {
  const registers = [registry];
  const gauge = (name: string, help: string, read: () => number): void => {
    new prom.Gauge({
      name: `gateway_${name}`,
      help,
      registers,
      collect(this: Gauge) {
        this.set(read());
      },
    });
  };
  /** Counted elsewhere: told as it stands there. */
  const counted = (name: string, help: string, read: () => number): void => {
    new prom.Counter({
      name: `gateway_${name}`,
      help,
      registers,
      collect(this: Counter) {
        this.reset();
        this.inc(read());
      },
    });
  };
  /** `undefined`: not known, which is no number. */
  const perInstance = (name: string, help: string, read: (instance: ObservedInstance) => number | undefined): void => {
    const options = { name: `gateway_pool_instance_${name}`, help, registers, labelNames: ['name', 'idx'] };
    const fill = (set: (labels: Record<string, string>, value: number) => void): void => {
      for (const instance of gauges.instances()) {
        const value = read(instance);
        if (value !== undefined) set({ name: instance.name, idx: String(instance.idx) }, value);
      }
    };
    if (name.endsWith('_total')) {
      new prom.Counter({
        ...options,
        collect(this: Counter) {
          this.reset();
          fill((labels, value) => this.inc(labels, value));
        },
      });
    } else {
      new prom.Gauge({
        ...options,
        collect(this: Gauge) {
          this.reset();
          fill((labels, value) => this.set(labels, value));
        },
      });
    }
  };

  gauge('in_flight', 'Requests that hold a slot', () => gauges.admission().inFlight);
  gauge('queued', 'Requests that wait for one', () => gauges.admission().queued);
  gauge('max_in_flight', 'Slots; 0: no limit', () => gauges.admission().maxInFlight ?? 0);
  counted('accepted_total', 'Slots given', () => gauges.admission().accepted);
  counted('rejected_total', 'Requests refused for want of a slot', () => gauges.admission().rejected);
  for (const family of Object.values(counters)) {
    if (family instanceof CounterFamily) registerCounter(registry, family);
    else registerHistogram(registry, family);
  }
  gauge('session_cache_size', 'Conversations that can be gone on with', () => gauges.sessions().entries);
  counted('session_cache_hit_total', 'Requests that went on with one', () => gauges.sessions().hits);
  counted('session_cache_miss_total', 'Requests that found none', () => gauges.sessions().misses);
  counted('session_cache_evict_total', 'Conversations pushed out by newer ones', () => gauges.sessions().evicted);
  counted('session_cache_expire_total', 'Conversations not gone on with in time', () => gauges.sessions().expired);
  perInstance('in_flight', 'Turns that run on the instance', ({ inFlight }) => inFlight);
  perInstance('ready', '1: takes turns', ({ ready }) => Number(ready));
  perInstance('logged_in', '1: logged in; nothing while that is not known', ({ loggedIn }) =>
    loggedIn === undefined ? undefined : Number(loggedIn),
  );
  perInstance('cooldown', '1: rests after failures', ({ cooldownUntil }) => Number(cooldownUntil !== undefined));
  perInstance('restarts_total', 'Starts of its process after the first', ({ restarts }) => restarts);
  new prom.Gauge({
    name: 'gateway_pool_instance_state',
    help: '1 for the state that the instance is in',
    registers,
    labelNames: ['name', 'idx', 'state'],
    collect(this: Gauge) {
      this.reset();
      for (const { name, idx, state } of gauges.instances()) {
        for (const each of INSTANCE_STATES) this.set({ name, idx: String(idx), state: each }, Number(each === state));
      }
    },
  });
  new prom.Gauge({
    name: 'gateway_pool_instance_login_state',
    help: '1 for how far signing in to the instance is',
    registers,
    labelNames: ['name', 'idx', 'state'],
    collect(this: Gauge) {
      this.reset();
      for (const { name, idx, loginState } of gauges.instances()) {
        if (loginState === undefined) continue;
        for (const state of LOGIN_STATES) this.set({ name, idx: String(idx), state }, Number(state === loginState));
      }
    },
  });
  registerChannels(registers, gauges);
  gaugeOfBuild(registry, version);
}

function registerChannels(registers: Registry[], { channels }: Gauges): void {
  const perChannel = (name: string, help: string, read: (channel: ChannelReport) => number): void => {
    new prom.Gauge({
      name: `gateway_channel_${name}`,
      help,
      registers,
      labelNames: ['channel'],
      collect(this: Gauge) {
        this.reset();
        for (const channel of channels()) this.set({ channel: channel.name }, read(channel));
      },
    });
  };
  new prom.Counter({
    name: 'gateway_channel_requests_total',
    help: 'Attempts that the channel was asked for',
    registers,
    labelNames: ['channel'],
    collect(this: Counter) {
      this.reset();
      for (const { name, requests } of channels()) this.inc({ channel: name }, requests);
    },
  });
  perChannel('in_flight', 'Requests that run on the channel', ({ inFlight }) => inFlight);
  perChannel('cooldown', '1: rests after failures', ({ state }) => Number(state === 'cooling_down'));
  new prom.Gauge({
    name: 'gateway_channel_state',
    help: '1 for the state that the channel is in',
    registers,
    labelNames: ['channel', 'state'],
    collect(this: Gauge) {
      this.reset();
      for (const { name, state } of channels()) {
        for (const each of CHANNEL_STATES) this.set({ channel: name, state: each }, Number(each === state));
      }
    },
  });
}

function gaugeOfBuild(registry: Registry, version: string): void {
  new prom.Gauge({
    name: 'gateway_build_info',
    help: 'Always 1; what runs stands in the labels',
    registers: [registry],
    labelNames: ['version', 'node'],
  }).set({ version, node: process.version }, 1);
}

function registerCounter(registry: Registry, family: CounterFamily): void {
  new prom.Counter({
    name: family.name,
    help: family.help,
    registers: [registry],
    labelNames: [...family.labels],
    collect(this: Counter) {
      this.reset();
      for (const { labels, cell } of family.entries()) this.inc(labels, cell.value);
    },
  });
}

/** prom-client has no way to set a histogram's buckets; what it is asked for when it is read is this. */
function registerHistogram(registry: Registry, family: HistogramFamily): void {
  const { name, help, bounds } = family;
  class Counted extends prom.Histogram {
    override async get(): ReturnType<Histogram['get']> {
      const values = [];
      for (const { labels, cell } of family.entries()) {
        let below = 0;
        for (const [at, bound] of bounds.entries()) {
          below += cell.counts[at] as number;
          values.push({ metricName: `${name}_bucket`, labels: { le: bound, ...labels }, value: below });
        }
        values.push({ metricName: `${name}_bucket`, labels: { le: '+Inf', ...labels }, value: cell.count });
        values.push({ metricName: `${name}_sum`, labels, value: cell.sum });
        values.push({ metricName: `${name}_count`, labels, value: cell.count });
      }
      // Its types name an enumeration that is not there when it runs.
      return { name, help, type: 'histogram', aggregator: 'sum', values } as unknown as Awaited<
        ReturnType<Histogram['get']>
      >;
    }

    /** Called in place of `get` for the text. */
    getForPromString(): ReturnType<Histogram['get']> {
      return this.get();
    }
  }
  new Counted({ name, help, registers: [registry], labelNames: [...family.labels], buckets: [...bounds] });
}
