/** The shape of the house: who may import whom, and the habits that a machine can check. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { describe, test } from 'node:test';
import { builtin } from '../src/builtin.ts';
import { root } from './support.ts';

interface Rule {
  /** The files it is about; the first rule that fits a file counts. */
  room: RegExp;
  /** The files it may import. */
  may: RegExp[];
  /** The packages it may import; node's own are `node:…`. */
  packages?: RegExp;
}

const CORE =
  /^src\/(profile|columns|change-sums|exact-sums|interner|scan|arc-index|call-tree|coarse-already|coarsen-arcs|preorder|stack-rows|frame-rows|call-counts|builder|fold-stacks|fewer-rows|scale-values|rewrite-stacks|group-frames|match-frames|label-values|check|graph|merged-graph|metrics|function-ids|packages|python-format|glob|finder|version|instantiate|tree-sums)\.ts$/;
const DIAGNOSTICS = /^src\/diagnostics\.ts$/;
const INPUT = /^src\/input\//;
/** What is compiled to WebAssembly, whose imports have no extension; and what the build makes of it. */
const ASSEMBLY = /^src\/assembly\//;
const WASM = /^src\/wasm\//;
const FORMAT = /^src\/(format|sink|registry)\.ts$/;
const PLUGIN = /^src\/plugin\.ts$/;
const NONE = /^$/;
const ZOD = /^zod\/mini$/;
const HEAVY = /^(@hpcc-js\/wasm-graphviz|@resvg\/resvg-wasm|fast-xml-parser|fflate|fzstd|minizlib)$/;
/** Loaded with `src/expression.ts`, as `src/load-expressions.ts` does it on demand. */
const ENGINE = /^re2js$/;

const RULES: Rule[] = [
  { room: /^src\/profile\.ts$/, may: [] },
  { room: CORE, may: [CORE, WASM] },
  { room: DIAGNOSTICS, may: [] },
  { room: ASSEMBLY, may: [], packages: ASSEMBLY },
  { room: WASM, may: [] },
  { room: INPUT, may: [INPUT, WASM, DIAGNOSTICS, CORE], packages: HEAVY },
  { room: /^src\/host\//, may: [/^src\/host\//], packages: /^node:/ },
  { room: FORMAT, may: [FORMAT, INPUT, DIAGNOSTICS, CORE], packages: ZOD },
  {
    room: /^src\/transforms\//,
    may: [CORE, DIAGNOSTICS, /^src\/(common-lines|common-metrics|merged-meta|merged-names|stack-sum)\.ts$/],
  },
  { room: /^src\/builtin\.ts$/, may: [/^converters\/[a-z0-9]+\/[a-z0-9-]+\.ts$/, FORMAT] },
  { room: /^src\/expression\.ts$/, may: [DIAGNOSTICS], packages: ENGINE },
  { room: /^src\/cli\//, may: [/^src\//], packages: /^(node:.*|zod\/mini|yargs(-parser)?)$/ },
  { room: /^src\//, may: [/^src\/(?!cli\/)/], packages: ZOD },
  { room: /^converters\//, may: [PLUGIN, WASM], packages: new RegExp(`${ZOD.source}|${HEAVY.source}`) },
  { room: /^bin\//, may: [/^src\/cli\//] },
  {
    room: /^test\//,
    may: [/^(src|converters|test|bench)\//],
    packages: /^(node:.*|fast-check|fast-xml-parser|fflate|zod\/mini|prof2dot.*)$/,
  },
];

/** Files of the product that may pass 400 lines, and why. */
const LONG: Record<string, string> = {
  'converters/callgrind/callgrind/parse.ts': 'one state machine: lines of all kinds change the same position',
  'src/input/json.ts': 'one reader class over one buffer',
};

const files = ['bin', 'src', 'converters', 'test'].flatMap((top) =>
  readdirSync(join(root, top), { recursive: true })
    .map((path) => posix.join(top, String(path)))
    .filter((path) => path.endsWith('.ts')),
);
const text = (path: string): string => readFileSync(join(root, path), 'utf8');
/** The code without comments, and without the contents of strings when asked. */
const code = (path: string): string => text(path).replace(/\/\*[\s\S]*?\*\/|(?<![:'"`])\/\/.*/g, '');

interface Import {
  target: string;
  /** Loaded with the module: neither `import()` nor a type. */
  eager: boolean;
}

function imports(path: string): Import[] {
  const what = String.raw`(type\s+)?(?:\{[^}]*\}|\*(?:\s+as\s+\w+)?|\w+(?:\s*,\s*\{[^}]*\})?)\s+from\s+`;
  const statement = new RegExp(
    String.raw`^(?:import|export)\s+(?:${what})?'([^']+)'|\bimport\(\s*'([^']+)'\s*\)`,
    'gm',
  );
  return [...code(path).matchAll(statement)].map(([, type, target, lazy]) => {
    const name = (target ?? lazy)!;
    return {
      target: name.startsWith('.') ? posix.join(posix.dirname(path), name) : name,
      eager: lazy === undefined && type === undefined,
    };
  });
}

/** A converter may import its own family too. */
function sameFamily(from: string, to: string): boolean {
  const family = /^converters\/[a-z0-9]+\//.exec(from)?.[0];
  return family !== undefined && to.startsWith(family);
}

/** All lines of the files in which the pattern occurs. */
function places(pattern: RegExp, within: (path: string) => boolean, read = code): string[] {
  return files.filter(within).flatMap((path) =>
    read(path)
      .split('\n')
      .filter((line) => pattern.test(line))
      .map((line) => `${path}: ${line.trim()}`),
  );
}

describe('imports', () => {
  test('are found', () => {
    const all = files.flatMap(imports);
    assert.ok(all.length > files.length);
    assert.deepEqual(imports('src/builtin.ts').at(-1), { target: 'src/registry.ts', eager: true });
    assert.ok(imports('src/input/decompress.ts').some(({ target, eager }) => target === 'fzstd' && !eager));
  });

  test('of the engine of expressions are on demand', () => {
    // What itself is loaded on demand.
    const late = ['src/filter-stacks.ts', 'src/list-functions.ts', 'src/reshape.ts'];
    const eager = files.filter(
      (path) =>
        path.startsWith('src/') &&
        imports(path).some((each) => each.eager && each.target === 'src/expression.ts'),
    );
    assert.deepEqual(eager.sort(), late);
    for (const path of late)
      assert.ok(
        !files.some(
          (each) =>
            each !== 'src/reshape.ts' &&
            !each.startsWith('test/') &&
            imports(each).some(({ target, eager }) => eager && target === path),
        ),
      );
  });
  for (const path of files) {
    test(path, () => {
      const rule = RULES.find(({ room }) => room.test(path))!;
      const wrong = imports(path).filter(({ target, eager }) => {
        if (target.endsWith('.ts'))
          return !rule.may.some((may) => may.test(target)) && !sameFamily(path, target);
        if (HEAVY.test(target) && eager && !path.startsWith('test/')) return true;
        return !(rule.packages ?? NONE).test(target);
      });
      assert.deepEqual(wrong, []);
    });
  }
});

describe('habits', () => {
  const product = (path: string) => !path.startsWith('test/');

  test('Node is met only in src/cli, src/host and bin', () => {
    const elsewhere = (path: string) => product(path) && !/^(src\/(cli|host)|bin)\//.test(path);
    assert.deepEqual(places(/(?<![.#\w])(process|console|require)[.([]/, elsewhere), []);
    assert.deepEqual(places(/'node:/, elsewhere), []);
  });
  test('nobody asks for the name of a format', () => {
    const elsewhere = (path: string) => product(path) && path !== 'src/registry.ts';
    const names = builtin.list().map(({ name }) => name);
    const question = new RegExp(`\\bformat\\.name\\s*[!=]==|\\.name\\s*[!=]==\\s*'(${names.join('|')})'`);
    assert.deepEqual(places(question, elsewhere), []);
  });
  test('nothing is left undone, no check is switched off', () => {
    const elsewhere = (path: string) => path !== 'test/architecture.test.ts';
    assert.deepEqual(places(/\b(TODO|FIXME|XXX|HACK)\b|@ts-(ignore|nocheck)/, elsewhere, text), []);
  });
  test('arrays are not spread into calls, which overflows the stack when they are large', () => {
    const large = (path: string) => product(path) && !path.startsWith('src/cli/') && path !== 'src/check.ts';
    assert.deepEqual(
      places(/\b(push|unshift|splice|fromCharCode|fromCodePoint|max|min)\(\.\.\.(?!\()/, large),
      [],
    );
    const behindOthers = /\b(push|unshift)\((?:[^;{}[\]]|\[[^[\]]*\])*,\s*\.\.\.(?!\()/;
    assert.deepEqual(
      files.filter((path) => large(path) && behindOthers.test(code(path))),
      [],
    );
  });
  test('every file says what it is', () => {
    assert.deepEqual(
      files.filter((path) => !/^(#!|\/\*\*)/.test(text(path))),
      [],
    );
  });
  test('names are kebab-case', () => {
    assert.deepEqual(
      files.filter((path) => !/^([a-z0-9-]+\/)+[a-z0-9-]+(\.test)?\.ts$/.test(path)),
      [],
    );
  });
  test('no default exports', () => {
    assert.deepEqual(
      places(/^export default\b/, () => true),
      [],
    );
  });
  test('a file has one job', () => {
    const long = files.filter((path) => product(path) && text(path).split('\n').length > 401);
    assert.deepEqual(long.sort(), Object.keys(LONG).sort());
  });
});
