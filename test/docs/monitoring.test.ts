/** The dashboard and the alert rules ask for what is there: metrics, their labels, and the values that these can have. */
import { readFileSync } from 'node:fs';
import { createGateway } from '@lingma-gateway/core';
import { ERROR_TABLE } from '@lingma-gateway/core/chat';
import { type MetricConfiguration, Registry } from 'prom-client';
import { beforeAll, describe, expect, it } from 'vitest';
import { ScriptedChannel } from '../contract/scripted-channel.js';

interface Panel {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly gridPos: { readonly h: number; readonly w: number; readonly x: number; readonly y: number };
  readonly datasource?: { readonly uid: string };
  readonly targets?: readonly { readonly expr: string; readonly legendFormat: string }[];
}

const read = (name: string): string => readFileSync(new URL(`../../docs/${name}`, import.meta.url), 'utf8');
const dashboard = JSON.parse(read('grafana/lingma-gateway.json')) as { readonly panels: readonly Panel[] };
const targets = dashboard.panels.flatMap(({ targets = [] }) => targets);
const rules = [...read('prometheus/alerts.yml').matchAll(/^ {8}expr: (.+)$/gm)].map(
  ([, expression = '']) => expression,
);

/** Of the address that is scraped; Prometheus moves a metric's own `instance` out of their way. */
const OF_THE_TARGET = ['job', 'instance'];

/** Names of metrics as they are scraped, and their labels. */
const there = new Map<string, readonly string[]>();

beforeAll(async () => {
  const registry = new Registry();
  const gateway = createGateway({ channel: new ScriptedChannel(), metricsPublic: true, metrics: { registry } });
  await gateway.fetch(new Request('http://127.0.0.1/metrics'));
  // The process's own are in a registry that the gateway makes for itself.
  const own = createGateway({ channel: new ScriptedChannel(), metricsPublic: true });
  const text = await (await own.fetch(new Request('http://127.0.0.1/metrics'))).text();
  for (const [, name = ''] of text.matchAll(/^# TYPE ((?:process|nodejs)_\S+)/gm)) there.set(name, []);
  for (const metric of registry.getMetricsAsArray() as unknown as MetricConfiguration<string>[]) {
    const labels = (metric.labelNames ?? []).map((label) => (label === 'instance' ? 'exported_instance' : label));
    const isHistogram = text.includes(`# TYPE ${metric.name} histogram`);
    if (!isHistogram) there.set(metric.name, labels);
    else for (const part of ['bucket', 'sum', 'count']) there.set(`${metric.name}_${part}`, [...labels, 'le']);
  }
  there.set('up', []);
});

interface Asked {
  readonly name: string;
  readonly labels: readonly string[];
  /** Label and value of each plain comparison. */
  readonly values: readonly (readonly [label: string, value: string])[];
}

function askedIn(expression: string): readonly Asked[] {
  const selectors = [...expression.matchAll(/\b((?:gateway|process|nodejs)_\w+|up(?=\{))(?:\{([^}]*)\})?/g)];
  return selectors.map(([, name = '', matchers = '']) => {
    const pairs = [...matchers.matchAll(/(\w+)\s*(=~|!~|!=|=)\s*"([^"]*)"/g)];
    return {
      name,
      labels: pairs.map(([, label = '']) => label),
      values: pairs.filter(([, , how]) => how === '=').map(([, label = '', , value = '']) => [label, value] as const),
    };
  });
}

/** Labels that an expression groups or joins by, or a legend shows. */
const namedIn = (text: string): readonly string[] => [
  ...[...text.matchAll(/\b(?:by|on|without|ignoring) \(([^)]*)\)/g)].flatMap(([, list = '']) => list.split(/,\s*/)),
  ...[...text.matchAll(/\{\{\s*(\w+)\s*\}\}/g)].map(([, label = '']) => label),
];

const problemsOf = (expression: string, legend = ''): readonly string[] => {
  const asked = askedIn(expression);
  const known = new Set([...OF_THE_TARGET, ...asked.flatMap(({ name }) => there.get(name) ?? [])]);
  return [
    ...(asked.length === 0 ? ['asks for nothing'] : []),
    ...asked.filter(({ name }) => !there.has(name)).map(({ name }) => `no metric ${name}`),
    ...asked.flatMap(({ name, labels }) => {
      const own = new Set([...OF_THE_TARGET, ...(there.get(name) ?? [])]);
      return labels.filter((label) => !own.has(label)).map((label) => `${name} has no label ${label}`);
    }),
    ...asked
      .flatMap(({ values }) => values)
      .filter(([label, value]) => label === 'code' && !(value in ERROR_TABLE))
      .map(([, value]) => `no error code ${value}`),
    ...namedIn(`${expression} ${legend}`)
      .filter((label) => !known.has(label))
      .map((label) => `nothing has a label ${label}`),
  ];
};

describe('dashboard', () => {
  it('expressions - metrics and labels are there', () => {
    expect(targets.length).toBeGreaterThan(20);
    const problems = targets.flatMap(({ expr, legendFormat }) =>
      problemsOf(expr, legendFormat).map((problem) => `${problem}: ${expr}`),
    );
    expect(problems).toEqual([]);
  });

  it('expressions - each is about the chosen gateways alone', () => {
    const loose = targets.flatMap(({ expr }) =>
      askedIn(expr).filter(({ labels }) => !OF_THE_TARGET.every((label) => labels.includes(label))),
    );
    expect(loose).toEqual([]);
  });

  it('panels - ids of their own, none over another, within the width', () => {
    const { panels } = dashboard;
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
    const cells = panels.flatMap(({ gridPos: { x, y, w, h } }) =>
      Array.from({ length: w * h }, (_, at) => `${x + (at % w)},${y + Math.floor(at / w)}`),
    );
    expect(new Set(cells).size).toBe(cells.length);
    expect(panels.filter(({ gridPos: { x, w } }) => x + w > 24)).toEqual([]);
  });

  it('data source - the one that was chosen', () => {
    const uids = dashboard.panels.filter(({ type }) => type !== 'row').map(({ datasource }) => datasource?.uid);
    expect(new Set(uids)).toEqual(new Set([`\${datasource}`]));
  });
});

describe('alert rules', () => {
  it('expressions - metrics, labels and error codes are there', () => {
    expect(rules.length).toBeGreaterThan(8);
    const problems = rules.flatMap((rule) => problemsOf(rule).map((problem) => `${problem}: ${rule}`));
    expect(problems).toEqual([]);
  });

  it('names - each once, each with an expression', () => {
    const names = [...read('prometheus/alerts.yml').matchAll(/^ {6}- alert: (\w+)$/gm)].map(([, name]) => name);
    expect(names.length).toBe(rules.length);
    expect(new Set(names).size).toBe(names.length);
  });
});

describe('what is asked of an expression', () => {
  it.each([
    ['sum(rate(gateway_made_up_total[5m]))', 'no metric gateway_made_up_total'],
    ['sum by (colour) (gateway_in_flight)', 'nothing has a label colour'],
    ['gateway_tokens_total{colour="red"}', 'gateway_tokens_total has no label colour'],
    ['gateway_upstream_errors_total{code="tired"}', 'no error code tired'],
    ['rate(gateway_request_duration_seconds[5m])', 'no metric gateway_request_duration_seconds'],
    ['vector(1)', 'asks for nothing'],
  ])('%s - %s', (expression, problem) => {
    expect(problemsOf(expression)).toContain(problem);
  });
});
