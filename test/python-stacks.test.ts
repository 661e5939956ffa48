/** Folded stacks of Python's profilers are told from one another, and from those of other tools. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { builtin } from '../src/builtin.ts';
import { Diagnostics } from '../src/diagnostics.ts';
import { bytesInput } from '../src/input/byte-input.ts';
import { open } from '../src/open.ts';

async function formatOf(text: string): Promise<string> {
  const settings = { registry: builtin, diagnostics: new Diagnostics(), name: 'unknown' };
  return (await open(bytesInput(Buffer.from(text)), settings)).format.name;
}

const TEXTS: [what: string, format: string, text: string][] = [
  ['C++ names with numbers behind colons', 'folded', 'main:1;a::b:12;std::move:3 4\nmain:1;a::c:7 2\n'],
  ['modules of Node.js', 'folded', 'main;node:fs:12;node:internal/fs:read:3 4\nmain;node:fs:7 2\n'],
  ['files of JavaScript', 'folded', 'app.js:main:3;app.js:run:4 2\napp.js:main:3 1\n'],
  ['one file of Python among others', 'folded', 'main;app.py:main:3 2\nmain;read 1\n'],
  [
    'two counts, though the frames are pyflame’s',
    'folded',
    'app.py:main:3;app.py:run:4 2 5\napp.py:main:3 0 1\n',
  ],
  ['frames of pyflame', 'pyflame', 'app.py:<module>:3;app.py:run:4 2\n/usr/bin/tool:main:3;<string>:f:1 1\n'],
  ['frames of pyflame without lines', 'pyflame', 'app.py:<module>;app.py:run 2\n(idle) 1\n'],
  ['parentheses that hold no file of Python', 'folded', 'main (app);run (core) 3\nmain (app);read (net) 4\n'],
  ['parentheses of Java', 'folded', 'main (App.java:3);run (Core.java:4) 3\n'],
  ['C++ names with parameters', 'folded', 'main;run (int);read (char*) 3\n'],
  ['frames of py-spy', 'py-spy', 'main (app.py:3);run (core.py:4) 3\n 1\n'],
  ['frames of py-spy with native code', 'py-spy', '0x7f00 (libc.so.6);main (app.py:3);read (libc.so.6) 3\n'],
  ['frames of py-spy in threads', 'py-spy', 'thread (12): a;b;main (app.py:3) 3\nthread (13) 1\n'],
];

describe('recognised as', () => {
  for (const [what, format, text] of TEXTS) {
    test(`${format}: ${what}`, async () => assert.equal(await formatOf(text), format));
  }
});
