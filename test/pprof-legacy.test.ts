/** Old pprof profiles: machine words of every kind, values as pprof computes them, and what is refused. */
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { checkProfile } from '../src/check.ts';
import { Diagnostics, ProfileError } from '../src/diagnostics.ts';
import type { Profile } from '../src/profile.ts';
import { assertTold, convert, failure, printed, readProfile, root } from './support.ts';

interface Words {
  size: 4 | 8;
  little: boolean;
}

const KINDS: Words[] = [4, 8].flatMap((size) => [true, false].map((little) => ({ size, little }) as Words));
const HEADER = [0, 3, 0, 10_000, 0];
const TRAILER = [0, 1, 0];

function words({ size, little }: Words, list: number[], text = ''): Uint8Array {
  const bytes = Buffer.alloc(size * list.length);
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  for (const [i, word] of list.entries()) {
    if (size === 4) view.setUint32(i * 4, word, little);
    else view.setBigUint64(i * 8, BigInt(word), little);
  }
  return Buffer.concat([bytes, Buffer.from(text)]);
}

const legacy = (
  input: Uint8Array | string,
  diagnostics = new Diagnostics(),
  names = true,
): Promise<Profile> =>
  readProfile(typeof input === 'string' ? Buffer.from(input) : input, {
    format: 'pprof-legacy',
    options: { 'pprof-legacy': { names } },
    diagnostics,
  });

/** Addresses of each stack, leaf first, and values. */
function samples({ stacks, frames, stackValues }: Profile): [string[], number[]][] {
  return Array.from({ length: stacks!.length }, (_, i) => [
    Array.from(stacks!.frame.subarray(stacks!.start[i]!, stacks!.start[i + 1]!), (f) =>
      (frames.address?.[f] ?? 0n).toString(16),
    ).reverse(),
    stackValues!.map((column) => Number(column[i])),
  ]);
}

const handled = [1, 4, 0x400104, 0x900001, 0x400104, 0x400205, 2, 3, 0x400304, 0x900001, 0x400205];
const MAP =
  '00400000-00500000 r-xp 00000000 00:00 0 /srv/shop/shop\n00900000-00901000 r-xp 00000000 00:00 0 [vdso]\n';
const made: Record<string, Uint8Array> = {
  cpu: words({ size: 8, little: true }, [...HEADER, ...handled, ...TRAILER], MAP),
  'cpu-java': words(
    { size: 4, little: false },
    [0, 3, 1, 1000, 0, 5, 2, 1, 2, 1, 1, 3, ...TRAILER],
    '0x1 com.example.Shop.pay (Shop.java:12)\n0x2 com.example.Shop.main (Shop.java:5)\n0x3 generated stub/JIT\n',
  ),
};

describe('machine words', () => {
  for (const [name, bytes] of Object.entries(made)) {
    test(`of the fixture ${name}`, () => {
      const path = join(root, 'fixtures/pprof-legacy', name, 'input.prof');
      if (process.env['UPDATE'] === '1') {
        mkdirSync(join(path, '..'), { recursive: true });
        writeFileSync(path, bytes);
      }
      assert.ok(existsSync(path) && readFileSync(path).equals(bytes));
    });
  }
  for (const kind of KINDS) {
    test(`of ${kind.size} bytes, the ${kind.little ? 'lowest' : 'highest'} first`, async () => {
      const profile = await legacy(words(kind, [...HEADER, ...handled, ...TRAILER]));
      // The handler is gone, and the leaf that was there twice.
      assert.deepEqual(samples(profile), [
        [
          ['400104', '400204'],
          [1, 10_000_000],
        ],
        [
          ['400304', '400204'],
          [2, 20_000_000],
        ],
      ]);
      assert.equal(profile.meta.period?.value, 10_000_000);
    });
  }
  test('beyond what a double holds', async () => {
    const kind: Words = { size: 8, little: true };
    const bytes = words(kind, [...HEADER, 0, 1, 0x10, ...TRAILER]);
    new DataView(bytes.buffer, bytes.byteOffset).setBigUint64(40, 2n ** 36n + 1n, true);
    const { stackValues } = await legacy(bytes);
    assert.equal(BigInt(stackValues![1]![0]!), (2n ** 36n + 1n) * 10_000_000n);
  });
  test('that end early', async () => {
    const diagnostics = new Diagnostics();
    const kind: Words = { size: 4, little: true };
    assert.match(await failure(legacy(words(kind, [0, 3, 0, 1]))), /pprof-legacy\/no-header/);
    assert.match(
      await failure(legacy(words(kind, [...HEADER, 1]))),
      /byte 20\): error pprof-legacy\/truncated/,
    );
    assert.match(
      await failure(legacy(words(kind, [...HEADER, 1, 9, 5]))),
      /truncated: a stack of 9 addresses/,
    );
    await legacy(words(kind, [...HEADER, 1, 1, 5]), diagnostics);
    assertTold(printed(diagnostics), 'pprof-legacy/no-trailer');
    await legacy(words(kind, [...HEADER, ...TRAILER]), diagnostics);
    assertTold(printed(diagnostics), 'pprof-legacy/no-samples');
  });
  test('behind names', async () => {
    const bytes = words({ size: 8, little: true }, [...HEADER, ...handled, ...TRAILER], MAP);
    const input = Buffer.concat([
      Buffer.from('--- symbol\nbinary=/srv/shop/shop\n0x400104 work\n0x400204 main\n---\n--- profile\n'),
      bytes,
    ]);
    const { functions, frames, stacks } = await readProfile(input);
    assert.deepEqual(
      Array.from(stacks!.frame, (f) => functions.name[frames.func[f]!]),
      ['main', 'work', 'main', '[shop]'],
    );
  });
});

describe('values', () => {
  const heap = (sampler: string, line: string) =>
    legacy(`heap profile: 1: 1 [1: 1] @ ${sampler}\n${line} @ 0x10\n`).then(
      (profile) => samples(profile)[0]![1],
    );
  test('of heaps are scaled by the odds of their size', async () => {
    const scale = 1 / (1 - Math.exp(-1000 / 524_288));
    assert.deepEqual(await heap('heap_v2/524288', '3: 3000 [3: 3000]'), [
      Math.trunc(3 * scale),
      Math.trunc(3000 * scale),
    ]);
    assert.deepEqual(await heap('heap/1048576', '3: 3000 [3: 3000]'), [
      Math.trunc(3 * scale),
      Math.trunc(3000 * scale),
    ]);
    assert.deepEqual(await heap('heap/2', '3: 3000 [3: 3000]'), [3, 3000]);
    assert.deepEqual(await heap('heapprofile', '3: 3000 [3: 3000]'), [3, 3000]);
    assert.deepEqual(await heap('growth', '3: 3000 [3: 3000]'), [3, 3000]);
    assert.deepEqual(await heap('fragmentationz', '3: 3000 [3: 3000]'), [3, 3000]);
    assert.deepEqual(await heap('heapprofile', '1: 9007199254740993 [1: 1]'), [1, 2 ** 53]);
  });
  test('of what was allocated stand where it differs', async () => {
    const { metrics } = await legacy('heap profile: 1: 1 [2: 3] @ heap_v2/1\n1: 1 [2: 3] @ 0x1\n');
    assert.deepEqual(
      metrics.map(({ name }) => name),
      ['alloc_objects', 'alloc_space', 'inuse_objects', 'inuse_space'],
    );
  });
  test('of contentions are scaled by the period and the clock', async () => {
    const text = '--- contentionz 1 ---\ncycles/second = 2000000000\nsampling period = 100\n 7 3 @ 0x5\n';
    assert.deepEqual(samples(await legacy(text)), [[['4'], [300, 350]]]);
    assert.deepEqual(samples(await legacy('--- mutex:\n7 3 @ 0x5 0x0\n')), [
      [
        ['4', 'ffffffffffffffff'],
        [3, 7],
      ],
    ]);
  });
  test('without names are those that pprof reads, with the frames it drops once there are names', async () => {
    const text = readFileSync(join(root, 'fixtures/pprof-legacy/go-heap/input.txt'), 'utf8');
    const profile = await legacy(text, new Diagnostics(), false);
    assert.deepEqual([...new Set(profile.functions.name)], ['<unknown>']);
    const back = await readProfile(await convert(profile, 'pprof'));
    assert.match(JSON.stringify(back.meta.raw), /"dropFrames":"calloc/);
    assert.deepEqual(samples(back), samples(profile));
  });
});

describe('refused', () => {
  const line = '1: 2 [3: 4] @ 0x1\n';
  const heap = 'heap profile: 1: 1 [1: 1] @ heapprofile\n';
  const cases: [input: string, told: string][] = [
    ['\n# only this\n', 'pprof-legacy/empty'],
    ['what is this\n', ':1: error pprof-legacy/no-header'],
    [`heap profile: 1: 1 [1: 1] @ heap_v9/1\n${line}`, 'pprof-legacy/unknown-sampler: heap_v9 is'],
    [`${heap}1: 2 [3 4] @ 0x1\n`, ':2:9: error pprof-legacy/bad-sample'],
    [`${heap}1: 2 [3: 4]\n`, ':2:12: error pprof-legacy/bad-sample'],
    [`${heap}1: 2 [3: 4] @ 0x12345678123456789\n`, ':2:15: error pprof-legacy/bad-address'],
    [`${heap}1: 2 [3: 4] @ main\n`, ':2:15: error pprof-legacy/bad-address'],
    ['heap_v2/1\n@ 0x1\n', 'pprof-legacy/no-total'],
    ['heap_v2/1\n t*: 1: 1 [0: 0]\n@ 0x1\n@ 0x2\n', ':4: error pprof-legacy/no-values'],
    ['heap_v2/1\n t*: 1: 1 [0: 0]\n t*: 1: 1 [0: 0]\n', ':3: error pprof-legacy/no-stack'],
    ['heap_v2/1\n t*: 1: 1\n', ':2:10: error pprof-legacy/bad-sample'],
    ['heap_v2/1\nmain\n', ':2: error pprof-legacy/bad-sample'],
    ['goroutine profile: total 1\nx @ 0x1\n', ':2:1: error pprof-legacy/bad-sample'],
    ['--- mutex:\nmonths = 3\n', ':2: error pprof-legacy/unknown-attribute: months'],
    ['--- mutex:\ncycles/second = many\n', 'pprof-legacy/bad-number: cycles/second is many'],
    ['--- threadz 1 ---\n--- Threat\n', ':2: error pprof-legacy/bad-thread'],
    ['--- heapz 1 ---\nformat = c\n', 'pprof-legacy/unknown-format: its format is c'],
    ['--- heapz 1 ---\nformat = java\n', 'pprof-legacy/no-resolution'],
  ];
  for (const [input, told] of cases) {
    test(JSON.stringify(input), async () => {
      const message = await failure(legacy(input));
      assert.ok(message.includes(told), message);
    });
  }
  test('or read as something lawful, whatever is in it', async () => {
    const start = fc.constantFrom(
      heap,
      'heap_v2/1\n t*: 1: 1 [0: 0]\n',
      'x profile: total 1\n',
      '--- contentionz 1 ---\n',
      '--- threadz 1 ---\n--- Thread 7f (name: a/1) stack: ---\n',
      '--- heapz 1 ---\nresolution = bytes\n',
      '--- symbol\n0x1 main\n---\n',
    );
    const piece = fc.constantFrom(
      ...[
        '@',
        ' 0x1',
        ' 0xffffffffffffffff',
        '1: 2 [3: 4]',
        '7 3',
        '\n',
        '\n#\t0x0\tmain+0x1\ta.go:1\n',
        '=',
        '---',
      ],
      ...[
        '--- Memory map: ---\n',
        '00400000-00500000: /bin/x\n',
        't*:',
        '-',
        '\0',
        'é',
        '# labels: {"a":1}\n',
      ],
    );
    const inputs = fc.tuple(start, fc.array(piece, { maxLength: 20 })).map(([a, b]) => a + b.join(''));
    await fc.assert(
      fc.asyncProperty(inputs, async (input) => {
        try {
          assert.deepEqual(checkProfile(await legacy(input)), []);
        } catch (error) {
          assert.ok(error instanceof ProfileError, String(error));
        }
      }),
      { numRuns: 300 },
    );
  });
});

test('a thread without a stack ends the list', async () => {
  const diagnostics = new Diagnostics();
  const text =
    '--- threadz 1 ---\n--- Thread 7f (name: a/1) stack: ---\n 0x5\n---- no stack trace for thread 2\n';
  assert.equal((await legacy(text, diagnostics)).stacks!.length, 1);
  assertTold(printed(diagnostics), 'pprof-legacy/no-stack-trace');
});

test('a stack of 100,000 addresses', async () => {
  const addresses = Array.from({ length: 100_000 }, (_, i) => `0x${(i + 1).toString(16)}`);
  const profile = await legacy(`x profile: total 1\n1 @ ${addresses.join(' ')}\n`);
  assert.equal(profile.nodes.length, 100_000);
});
