/** Packages by the paths of files. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { packageOf } from '../src/packages.ts';

test('packageOf names packages, runtimes, hosts and the app', () => {
  const packages = {
    '': '',
    '/app/src/a.js': 'app',
    'file:///app/node_modules/a/node_modules/@b/c/d.js': '@b/c',
    'C:\\app\\node_modules\\@b\\c\\d.js': '@b/c',
    '/app/node_modules/.pnpm/left@1.0.0/node_modules/left/index.js': 'left',
    'webpack:///./node_modules/left/index.js': 'left',
    '/usr/lib/python3/dist-packages/six.py': 'six',
    '/venv/lib/python3.11/site-packages/requests/api.py': 'requests',
    '/usr/lib/python3.11/json/decoder.py': 'python',
    '<frozen importlib._bootstrap>': 'python',
    'node:internal/modules/cjs/loader': 'node',
    'internal/timers.js': 'node',
    'php:internal': 'php',
    'C:\\app\\a.js': 'app',
    'https://example.org:8080/a.js': 'example.org:8080',
  };
  assert.deepEqual(
    Object.fromEntries(Object.keys(packages).map((file) => [file, packageOf(file)])),
    packages,
  );
});
