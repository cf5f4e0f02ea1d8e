/** Tools whose input is one free-form string. */
import { action, called, type ExpectedOutput, stays } from './expected-output.js';

export const CUSTOM_TOOLS: readonly ExpectedOutput[] = [
  called(
    'raw line ends in the string',
    action('{"tool": "apply_patch", "parameters": "*** Begin Patch\n*** Add File: a\n+x\n*** End Patch"}'),
    [['apply_patch', '*** Begin Patch\n*** Add File: a\n+x\n*** End Patch']],
  ),
  called(
    'json fence, name and input',
    '```json\n{"name":"apply_patch","input":"*** Begin Patch\\n*** Update File: src/a.ts\\n@@\\n-const a = \\"x\\";\\n+const a = `y`; // {\\"b\\": [1]}\\n*** End Patch"}\n```',
    [
      [
        'apply_patch',
        '*** Begin Patch\n*** Update File: src/a.ts\n@@\n-const a = "x";\n+const a = `y`; // {"b": [1]}\n*** End Patch',
      ],
    ],
  ),
  called(
    'Kimi, raw text',
    '<|tool_calls_section_begin|><|tool_call_begin|>functions.apply_patch:0<|tool_call_argument_begin|>*** Begin Patch\n*** Update File: src/a.ts\n@@\n-const a = "x";\n+const a = `y`; // {"b": [1]}\n*** End Patch<|tool_call_end|><|tool_calls_section_end|>',
    [
      [
        'apply_patch',
        '*** Begin Patch\n*** Update File: src/a.ts\n@@\n-const a = "x";\n+const a = `y`; // {"b": [1]}\n*** End Patch',
      ],
    ],
  ),
  called(
    'tool_code',
    '```tool_code\napply_patch("*** Begin Patch\\n*** Update File: src/a.ts\\n@@\\n-const a = \\"x\\";\\n+const a = `y`; // {\\"b\\": [1]}\\n*** End Patch")\n```',
    [
      [
        'apply_patch',
        '*** Begin Patch\n*** Update File: src/a.ts\n@@\n-const a = "x";\n+const a = `y`; // {"b": [1]}\n*** End Patch',
      ],
    ],
  ),
  called(
    'GLM',
    '<tool_call>apply_patch\n<arg_key>input</arg_key>\n<arg_value>*** Begin Patch\n*** Update File: src/a.ts\n@@\n-const a = "x";\n+const a = `y`; // {"b": [1]}\n*** End Patch</arg_value>\n</tool_call>',
    [
      [
        'apply_patch',
        '*** Begin Patch\n*** Update File: src/a.ts\n@@\n-const a = "x";\n+const a = `y`; // {"b": [1]}\n*** End Patch',
      ],
    ],
  ),
  called(
    'raw in tool_call',
    '<tool_call>apply_patch\n*** Begin Patch\n*** Update File: src/a.ts\n@@\n-const a = "x";\n+const a = `y`; // {"b": [1]}\n*** End Patch\n</tool_call>',
    [
      [
        'apply_patch',
        '*** Begin Patch\n*** Update File: src/a.ts\n@@\n-const a = "x";\n+const a = `y`; // {"b": [1]}\n*** End Patch',
      ],
    ],
  ),
  called(
    'raw in a function tag',
    '<function=apply_patch>\n*** Begin Patch\n*** Update File: src/a.ts\n@@\n-const a = "x";\n+const a = `y`; // {"b": [1]}\n*** End Patch\n</function>',
    [
      [
        'apply_patch',
        '*** Begin Patch\n*** Update File: src/a.ts\n@@\n-const a = "x";\n+const a = `y`; // {"b": [1]}\n*** End Patch',
      ],
    ],
  ),
  called(
    'raw in a tag of its name',
    '<apply_patch>\n*** Begin Patch\n*** Update File: src/a.ts\n@@\n-const a = "x";\n+const a = `y`; // {"b": [1]}\n*** End Patch\n</apply_patch>',
    [
      [
        'apply_patch',
        '*** Begin Patch\n*** Update File: src/a.ts\n@@\n-const a = "x";\n+const a = `y`; // {"b": [1]}\n*** End Patch',
      ],
    ],
  ),
  called(
    'an input element in a tag of its name',
    '<apply_patch>\n<input>\n*** Begin Patch\n*** Update File: src/a.ts\n@@\n-const a = "x";\n+const a = `y`; // {"b": [1]}\n*** End Patch\n</input>\n</apply_patch>',
    [
      [
        'apply_patch',
        '*** Begin Patch\n*** Update File: src/a.ts\n@@\n-const a = "x";\n+const a = `y`; // {"b": [1]}\n*** End Patch',
      ],
    ],
  ),
  stays(
    'a patch without any mark',
    '*** Begin Patch\n*** Update File: src/a.ts\n@@\n-const a = "x";\n+const a = `y`; // {"b": [1]}\n*** End Patch',
  ),
];
