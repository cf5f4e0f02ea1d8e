import { describe, expect, it } from 'vitest';
import { configJsonSchema, describeSettings, secretVariables } from './index.js';

describe('the registry', () => {
  const rows = describeSettings();

  it('names - canonical ones begin with LINGMA_GATEWAY_, and none is used twice', () => {
    expect(rows.filter(({ env }) => !/^LINGMA_GATEWAY_[A-Z0-9_]+$/.test(env))).toEqual([]);
    const names = rows.flatMap(({ env, envAliases }) => [env, ...envAliases]);
    expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
    const flags = rows.map(({ flag }) => flag).filter((flag) => flag !== undefined);
    expect(flags.filter((flag, index) => flags.indexOf(flag) !== index)).toEqual([]);
    expect(flags.filter((flag) => !/^--[a-z]+(-[a-z]+)*$/.test(flag) || flag.startsWith('--no-'))).toEqual([]);
  });

  it('durations - end in Ms and are told in milliseconds', () => {
    const durations = rows.filter(({ type }) => type === 'milliseconds').map(({ path }) => path);
    expect(durations).toEqual(rows.map(({ path }) => path).filter((path) => path.endsWith('Ms')));
  });

  it('rows - tell type, default and names', () => {
    expect(rows.find(({ path }) => path === 'lingma.transport')).toEqual({
      section: 'lingma',
      path: 'lingma.transport',
      kind: 'enum',
      type: 'auto | pipe | websocket | stdio',
      default: 'auto',
      env: 'LINGMA_GATEWAY_TRANSPORT',
      envAliases: ['LINGMA_PROXY_TRANSPORT'],
      flag: '--transport',
      doc: expect.any(String),
      secret: false,
    });
    expect(rows.find(({ path }) => path === 'auth.clientKeys')).toMatchObject({
      kind: 'array',
      type: 'list',
      secret: true,
    });
    expect(rows.find(({ path }) => path === 'server.logLevel')?.type).toBe('debug | info | warn | error | silent');
  });

  it('variables of secrets - under all names, and no others', () => {
    expect(secretVariables()).toEqual(
      expect.arrayContaining(['LINGMA_GATEWAY_API_KEYS', 'API_KEYS', 'LINGMA_PASSWORD']),
    );
    expect(secretVariables()).toEqual(expect.arrayContaining(['LINGMA_ACCOUNTS', 'LINGMA_SESSION_BUNDLE']));
    expect(secretVariables().filter((name) => /PORT|BIN|_FILE$|_DIR$/.test(name))).toEqual([]);
  });

  it('JSON Schema - one closed object a section, with types, enums, defaults and texts', () => {
    const schema = configJsonSchema() as unknown as {
      properties: Record<
        string,
        { properties: Record<string, Record<string, unknown>>; additionalProperties: unknown }
      >;
    };
    expect(schema.properties.server?.additionalProperties).toBe(false);
    expect(schema.properties.server?.properties.port).toMatchObject({
      type: 'integer',
      minimum: 0,
      maximum: 65535,
      default: 8317,
    });
    expect(schema.properties.lingma?.properties.dialect).toMatchObject({
      enum: ['auto', 'acp', 'lsp-chat'],
      default: 'auto',
    });
    expect(schema.properties.auth?.properties.clientKeys).toMatchObject({ type: 'array', items: { type: 'string' } });
    const rowPaths = rows.map(({ path }) => path);
    const schemaPaths = Object.entries(schema.properties)
      .filter(([name]) => name !== '$schema')
      // Some may also be written as a list.
      .flatMap(([name, section]) => Object.keys(objectOf(section)).map((key) => `${name}.${key}`));
    expect(schemaPaths).toEqual(rowPaths);
  });
});

interface SectionSchema {
  readonly properties?: object;
  readonly anyOf?: readonly SectionSchema[];
}

const objectOf = ({ properties, anyOf = [] }: SectionSchema): object =>
  properties ?? anyOf.find((form) => form.properties !== undefined)?.properties ?? {};
