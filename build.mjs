/**
 * Builds the package: declarations and plain modules by tsc (the library), and the command line as one
 * bundle, since its start-up is most of the time on small files. Heavy parts stay apart and are imported on
 * demand; yargs measures text without the tables for wide characters that its helper packages load.
 */
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import asc from 'assemblyscript/asc';
import { build } from 'esbuild';

const MAIN = resolve('src/cli/main.ts');
const DOOR = resolve('src/plugin.ts');
/** What most formats are read with belongs to the program: each file that is loaded takes time. */
const COMMON = ['src/interner.ts', 'src/exact-sums.ts', 'src/input/stack-tree.ts'].map((path) =>
  resolve(path),
);

/** Stand-ins for packages that yargs' help and its own faults are for: ASCII is all that our help holds. */
const LIGHT = {
  assert: `const assert = (isTrue, message) => { if (!isTrue) throw new TypeError(message); };
    export const strictEqual = (a, b, message) => assert(a === b, message);
    export const notStrictEqual = (a, b, message) => assert(a !== b, message);`,
  'string-width': 'export default (text) => text.length;',
  'strip-ansi': 'export default (text) => text;',
  'wrap-ansi': `export default (text, width) =>
    text.split('\\n').map((line) => line.replace(new RegExp('(.{1,' + width + '})(?: +|$)', 'g'), '$1\\n').trimEnd()).join('\\n');`,
};

const light = {
  name: 'light',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: new RegExp(`^(${Object.keys(LIGHT).join('|')})$`) }, ({ path }) => ({
      path,
      namespace: 'light',
    }));
    onLoad({ filter: /.*/, namespace: 'light' }, ({ path }) => ({ contents: LIGHT[path] }));
  },
};

/** Node's own modules as objects: importing one as a module loads all that it could ever need. */
const builtins = {
  name: 'builtins',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^(node:)?(fs|module|path|url|util|v8)$/ }, ({ path, kind }) =>
      // Of what is imported on demand all names would be asked for.
      kind === 'dynamic-import'
        ? { path, external: true }
        : { path: path.replace('node:', ''), namespace: 'builtin' },
    );
    onLoad({ filter: /.*/, namespace: 'builtin' }, ({ path }) => {
      const names = Object.keys(process.getBuiltinModule(path)).filter((name) => /^\w+$/.test(name));
      // Only what is used is asked for: some properties load more.
      const taken = names.map((name) => `export const ${name} = /* @__PURE__ */ (() => it.${name})();`);
      return {
        contents: `const it = process.getBuiltinModule('${path}'); export default it; ${taken.join('')}`,
      };
    });
  },
};

/** Of each name that the plugins' door hands on, the file it comes from: `export { a, b } from './file.ts'`. */
function handedOn() {
  const origin = new Map();
  for (const [, names, path] of readFileSync(DOOR, 'utf8').matchAll(
    /^export (\*|\{[^}]*\}) from '(.+)';/gm,
  )) {
    const file = resolve(dirname(DOOR), path);
    const exported = /^export (?:async )?(?:function\*?|class|const) (\w+)/gm;
    const list =
      names === '*'
        ? Array.from(readFileSync(file, 'utf8').matchAll(exported), ([, name]) => name)
        : namesIn(names);
    for (const name of list) origin.set(name, file);
  }
  return origin;
}

/** Names between braces that are no types. */
function namesIn(braces) {
  const names = braces.slice(1, -1).split(',');
  return names.map((name) => name.trim()).filter((name) => name !== '' && !name.startsWith('type '));
}

/**
 * How the parts of the bundle hang together. Formats import what they use from where it is, not from the door of
 * plugins: else the first to load would load all that any of them uses. What is loaded on demand imports the
 * program too, which is there by then: so esbuild sees that all of the program belongs together, and does not put
 * each part that is shared with some of the others into a file.
 */
const parts = {
  name: 'parts',
  setup({ onResolve, onLoad }) {
    const origin = handedOn();
    const direct = (text) =>
      text.replace(/^import (\{[^}]*\}) from '[^']*\/src\/plugin\.ts';/gm, (_, braces) =>
        namesIn(braces)
          .map((name) => `import { ${name} } from ${JSON.stringify(origin.get(name.split(' ')[0]))};`)
          .join(''),
      );
    const onDemand = new Set();
    onResolve({ filter: /^\./ }, ({ path, kind, resolveDir }) => {
      if (kind === 'dynamic-import') onDemand.add(resolve(resolveDir, path));
    });
    onLoad({ filter: /\.ts$/ }, ({ path }) => {
      const more = path === MAIN ? COMMON : onDemand.has(path) ? [MAIN] : [];
      const imports = more.map((file) => `\nimport ${JSON.stringify(file)};`);
      return { contents: direct(readFileSync(path, 'utf8')) + imports.join(''), loader: 'ts' };
    });
  },
};

const MODULES = [
  'cpuprofile-nodes',
  'folded-writer',
  'perf-script',
  'pstats-columns',
  'stack-lines',
  'tree-sums',
];

/** WebAssembly modules of `src/assembly`, which are shipped as text in plain ones. */
async function assemble(name) {
  const source = `src/assembly/${name}.ts`;
  const stderr = asc.createMemoryStream();
  let bytes;
  const { error } = await asc.main([source, '--outFile', 'out', '-O3', '--noAssert', '--runtime', 'stub'], {
    stderr,
    writeFile: (_, contents) => {
      bytes = contents;
    },
  });
  // What it warns of has to be mended, too.
  if (error || `${stderr}` !== '') throw new Error(`${source}: ${stderr}`, { cause: error });
  const header = `/** Made of \`${source}\` by the build. */`;
  const text = `${header}\nexport const BYTES = '${Buffer.from(bytes).toString('base64')}';\n`;
  mkdirSync('src/wasm', { recursive: true });
  writeFileSync(`src/wasm/${name}.ts`, text);
}

rmSync('dist', { recursive: true, force: true });
for (const name of MODULES) await assemble(name);
execFileSync(process.execPath, ['node_modules/typescript/bin/tsc', '-p', '.'], { stdio: 'inherit' });
await build({
  entryPoints: ['bin/prof2dot.ts', 'bin/prof2calltree.ts'],
  outdir: 'dist/cli',
  bundle: true,
  splitting: true,
  chunkNames: 'part-[hash]',
  format: 'esm',
  platform: 'node',
  target: 'node20',
  minifySyntax: true,
  minifyIdentifiers: true,
  minifyWhitespace: true,
  lineLimit: 200,
  legalComments: 'none',
  external: [
    '@hpcc-js/wasm-graphviz',
    '@resvg/resvg-wasm',
    '@expo-google-fonts/arimo',
    'fast-xml-parser',
    'fflate',
    'fzstd',
    'minizlib',
  ],
  plugins: [light, builtins, parts],
});
for (const name of ['prof2dot', 'prof2calltree']) chmodSync(`dist/cli/${name}.js`, 0o755);
