/**
 * Builds the package: declarations and plain modules by tsc (the library), and the command line as one
 * bundle, since its start-up is most of the time on small files. Heavy parts stay apart and are imported on
 * demand; yargs measures text without the tables for wide characters that its helper packages load.
 */
import { execFileSync } from 'node:child_process';
import { chmodSync, readFileSync, rmSync } from 'node:fs';
import { resolve } from 'node:path';
import { build } from 'esbuild';

const MAIN = resolve('src/cli/main.ts');

/** Stand-ins for packages that only format yargs' help: ASCII is all that our help holds. */
const LIGHT = {
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

/**
 * What is loaded on demand imports the program too, which is there by then: so esbuild sees that all of the
 * program belongs together, and does not put each part that is shared with some of the others into a file.
 */
const whole = {
  name: 'whole',
  setup({ onResolve, onLoad }) {
    const onDemand = new Set();
    onResolve({ filter: /^\./ }, ({ path, kind, resolveDir }) => {
      if (kind === 'dynamic-import') onDemand.add(resolve(resolveDir, path));
    });
    onLoad({ filter: /\.ts$/ }, ({ path }) => {
      if (!onDemand.has(path) || path === MAIN) return;
      return { contents: `${readFileSync(path, 'utf8')}\nimport ${JSON.stringify(MAIN)};`, loader: 'ts' };
    });
  },
};

rmSync('dist', { recursive: true, force: true });
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
  // yargs' CommonJS dependencies ask for require.
  banner: { js: "import{createRequire as $r}from'node:module';const require=$r(import.meta.url);" },
  plugins: [light, whole],
});
for (const name of ['prof2dot', 'prof2calltree']) chmodSync(`dist/cli/${name}.js`, 0o755);
