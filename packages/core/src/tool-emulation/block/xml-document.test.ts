import { describe, expect, it } from 'vitest';
import { scanPieces } from '../testing/scan.js';
import { TOOLS as COMMON, functionTool } from '../testing/tools.js';

const TOOLS = [
  ...COMMON,
  functionTool('main'),
  functionTool('build', { path: { type: 'string' } }),
  functionTool('GetWeather', { city: { type: 'string' } }, ['city']),
];
const CALL = '```json action\n{"tool": "get_time", "parameters": {}}\n```';

describe('elements of documents - stay text', () => {
  it.each<[document: string, text: string]>([
    [
      'a list of tools',
      '<tools><tool name="build"><parameter name="path" type="string"/></tool><function>main</function></tools>',
    ],
    [
      'the same over lines',
      '<tools>\n  <tool name="build">\n    <parameter name="path"/>\n  </tool>\n  <function>main</function>\n</tools>',
    ],
    [
      'a list of tools, described',
      '<tools>\n  <tool name="read_file">\n    <parameter name="file_path">What to read</parameter>\n  </tool>\n</tools>',
    ],
    ['names of tools', '<tools>\n  <tool>get_time</tool>\n  <tool>main</tool>\n</tools>'],
    ['a tool without content', '<tool name="get_time"/>'],
    [
      'a function with typed parameters',
      '<function name="read_file">\n  <param name="file_path" type="string">The path</param>\n</function>',
    ],
    [
      'a function with a required one',
      '<function name="build"><parameter name="path" required="true">Where</parameter></function>',
    ],
    ['a function with values as attributes', '<function name="build"><parameter name="path" value="src"/></function>'],
    ['a function that is described', '<function name="get_time"><description>Tells the time</description></function>'],
    [
      'Ant',
      '<?xml version="1.0"?>\n<project name="x" default="main">\n  <target name="main">\n    <invoke name="build"><parameter name="path">src</parameter></invoke>\n  </target>\n</project>',
    ],
    [
      'Maven',
      '<project xmlns="http://maven.apache.org/POM/4.0.0">\n  <build><plugins><plugin>\n<function name="build"><parameter name="path">a</parameter></function>\n  </plugin></plugins></build>\n</project>',
    ],
    [
      'Android',
      '<manifest package="a.b">\n  <application>\n    <GetWeather><city>Paris</city></GetWeather>\n  </application>\n</manifest>',
    ],
    [
      'SOAP',
      '<soapenv:Envelope\n    xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/">\n  <soapenv:Body>\n    <GetWeather><city>Paris</city></GetWeather>\n  </soapenv:Body>\n</soapenv:Envelope>',
    ],
    [
      'a document of its own kind',
      '<jobs>\n  <job>\n    <invoke name="get_time"></invoke>\n    <call name="build"><param name="path">x</param></call>\n  </job>\n</jobs>',
    ],
    ['a document with a doctype', '<!DOCTYPE jobs>\n<jobs><invoke name="get_time"></invoke></jobs>'],
  ])('%s', (_, document) => {
    for (const text of [document, `Here:\n\n${document}\n\nDone.`]) {
      for (const pieces of [[text], text]) {
        expect(scanPieces(pieces, { tools: TOOLS })).toMatchObject({ calls: [], text });
      }
      // A call behind it is one.
      expect(scanPieces([`${text}\n\n${CALL}`], { tools: TOOLS }).calls).toEqual([['get_time', {}]]);
    }
  });

  it.each<[call: string, text: string]>([
    ['behind a document', '<project>\n  <a/>\n</project>\n<invoke name="get_time"></invoke>'],
    ['in an element that wraps answers', '<response>\n<invoke name="get_time"></invoke>\n</response>'],
    ['behind an element that is left open', '<details>\nSome words.\n  <invoke name="get_time"></invoke>'],
    ['that is no XML, in a document', '<project>\n  <function=get_time>\n</function>\n'],
    ['fenced, in a document that is left open', `<project>\n  <a>\n${CALL}`],
    ['by a tag of its own form', '<tool_call>\n  <function=get_time>\n  </function>\n</tool_call>'],
  ])('a call %s - is one', (_, text) => {
    for (const pieces of [[text], text]) {
      expect(scanPieces(pieces, { tools: TOOLS }).calls).toEqual([['get_time', {}]]);
    }
  });
});
