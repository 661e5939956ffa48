/** How bytes come in: compression, encodings, lines, and the tables that names and stacks are put in. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { CallTree } from '../src/call-tree.ts';
import { Diagnostics, type ProfileError } from '../src/diagnostics.ts';
import { type ByteInput, bytesInput, PeekedInput, readAll } from '../src/input/byte-input.ts';
import { decompress } from '../src/input/decompress.ts';
import { asUtf8, encodingOf } from '../src/input/encoding.ts';
import { headOf } from '../src/input/head.ts';
import { LineReader } from '../src/input/lines.ts';
import { PlainStacks } from '../src/input/plain-stacks.ts';
import { Source } from '../src/input/source.ts';
import { StackTree } from '../src/input/stack-tree.ts';
import { Interner } from '../src/interner.ts';
import { commonPrefix } from '../src/scan.ts';
import { COMPRESSIONS, zstdStored } from './compress.ts';
import { failure } from './support.ts';

const utf8 = new TextEncoder();

/** Hands out at most `piece` bytes at a time. */
function slowInput(bytes: Uint8Array, piece: number): ByteInput {
  const input = bytesInput(bytes);
  return { read: (into) => input.read(into.subarray(0, piece)) };
}

describe('decompress', () => {
  const content = utf8.encode('main;parse 1\n'.repeat(20_000));
  const LIMIT = 1e9;
  const opened = async (bytes: Uint8Array, name = 'file', limit = LIMIT) =>
    readAll(await decompress(slowInput(bytes, 9999), { name, limit }));

  for (const { kind, extension, compress } of COMPRESSIONS) {
    test(`opens ${kind}`, async () => {
      assert.deepEqual(await opened(compress(content), `x.folded${extension}`), content);
    });
    test(`opens ${kind} of nothing`, async () => {
      assert.equal((await opened(compress(new Uint8Array()), `x${extension}`)).length, 0);
    });
    test(`says where truncated ${kind} ends`, async () => {
      const whole = compress(content);
      for (const length of [20, whole.length >> 1, whole.length - 1]) {
        const text = await failure(opened(whole.subarray(0, length), `x${extension}`));
        assert.match(
          text,
          new RegExp(`^x\\${extension || ' '}.*error input/bad-compression: the ${kind} data ends early`),
          `${length}`,
        );
      }
    });
    test(`stops ${kind} at the limit`, async () => {
      const text = await failure(opened(compress(content), `x${extension}`, 1000));
      assert.match(text, /error input\/too-large: decompresses to more than 1000 bytes/);
    });
  }

  test('opens what is compressed several times over', async () => {
    assert.deepEqual(await opened(gzipSync(zstdStored(gzipSync(content)))), content);
    const deep = [1, 2, 3, 4, 5].reduce((bytes) => gzipSync(bytes), Buffer.from(content));
    assert.match(await failure(opened(deep)), /error input\/too-many-layers/);
  });
  test('opens gzip of several members', async () => {
    const members = Buffer.concat([gzipSync(content.subarray(0, 1000)), gzipSync(content.subarray(1000))]);
    assert.deepEqual(await opened(members), content);
  });
  test('leaves other bytes alone', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), async (bytes) => {
        fc.pre(bytes[0] !== 0x1f && bytes[0] !== 0x28 && bytes[0] !== 0x78);
        assert.deepEqual(await opened(bytes), bytes);
      }),
    );
  });
  const quick = { params: { [constants.BROTLI_PARAM_QUALITY]: 5 } };
  for (const [extension, bomb] of [
    ['.gz', gzipSync(new Uint8Array(64 << 20))],
    ['.br', brotliCompressSync(new Uint8Array(64 << 20), quick)],
  ] as const) {
    test(`a ${extension} bomb costs no memory`, async () => {
      const input = await decompress(bytesInput(bomb), { name: `bomb${extension}`, limit: LIMIT });
      const before = process.memoryUsage().arrayBuffers;
      const into = new Uint8Array(1 << 20);
      let most = 0;
      for (let i = 0; input.read(into) > 0; i++) {
        if (i % 100 === 0) most = Math.max(most, process.memoryUsage().arrayBuffers - before);
      }
      // The garbage of a busy machine waits for its collector.
      assert.ok(most < 50 << 20, `${most >> 20} MB`);
    });
  }
});

describe('encodings', () => {
  const encoded = (text: string, bigEndian: boolean): Buffer => {
    const bytes = Buffer.from(text, 'utf16le');
    return bigEndian ? bytes.swap16() : bytes;
  };
  const decoded = (bytes: Uint8Array, piece: number): string => {
    const { encoding, bom } = encodingOf(bytes);
    return Buffer.from(readAll(asUtf8(slowInput(bytes, piece), encoding, bom))).toString();
  };

  test('UTF-16 with a mark becomes UTF-8, whatever the pieces', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary', maxLength: 40 }),
        fc.boolean(),
        fc.integer({ min: 1, max: 9 }),
        (text, bigEndian, piece) => {
          assert.equal(decoded(encoded(`\uFEFF${text}`, bigEndian), piece), text);
        },
      ),
    );
  });
  test('UTF-16 without a mark is known by its NULs', () => {
    assert.equal(decoded(encoded('main;parse 1\n', false), 7), 'main;parse 1\n');
    assert.equal(decoded(encoded('main;parse 1\n', true), 7), 'main;parse 1\n');
  });
  test('UTF-8 loses its mark only', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary', maxLength: 40 }),
        fc.integer({ min: 1, max: 9 }),
        (text, piece) => {
          assert.equal(decoded(Buffer.from(`\uFEFF${text}`), piece), text);
        },
      ),
    );
  });
});

describe('head', () => {
  const head = (text: string) => headOf(new PeekedInput(bytesInput(utf8.encode(text))));
  test('finds the keys at the top of a JSON object, also of one that is cut off', () => {
    const text = JSON.stringify({ a: { x: [1, { y: 2 }] }, 'b"\\': '}{"z":', c: 1 });
    const keys = ['a', 'b\\"\\\\', 'c'];
    assert.deepEqual([...head(text).jsonKeys!], keys);
    for (let end = 1; end < text.length; end++) {
      for (const key of head(text.slice(0, end)).jsonKeys!) assert.ok(keys.includes(key));
    }
  });
  test('is quick on a string that never ends', () => {
    assert.equal(head(`{"${'\\"'.repeat(32_000)}`).jsonKeys!.size, 0);
  });
  test('knows its own size', () => {
    assert.equal(head('x'.repeat(65_536)).whole, true);
    assert.equal(head('x'.repeat(65_537)).whole, false);
  });
});

describe('LineReader', () => {
  /** Lines as the reader's header defines them. */
  const split = (bytes: Uint8Array): string[] => {
    const lines = Buffer.from(bytes).toString('latin1').split('\n');
    if (lines.at(-1) === '') lines.pop();
    return lines.map((line) => line.replace(/\r$/, ''));
  };
  const content = fc
    .array(fc.oneof(fc.constantFrom(10, 13, 97), fc.integer({ min: 0, max: 255 })), { maxLength: 400 })
    .map((bytes) => Uint8Array.from(bytes));

  test('reads what `split` does, whatever the buffers', () => {
    fc.assert(
      fc.property(
        content,
        fc.integer({ min: 1, max: 70 }),
        fc.integer({ min: 1, max: 70 }),
        (bytes, size, piece) => {
          const reader = new LineReader(slowInput(bytes, piece), 'input', size);
          const lines: string[] = [];
          while (reader.next()) {
            lines.push(Buffer.from(reader.bytes.subarray(reader.start, reader.end)).toString('latin1'));
            assert.equal(reader.line, lines.length);
            assert.ok([10, 13].includes(reader.bytes[reader.end]!), 'a line end follows');
          }
          assert.deepEqual(lines, split(bytes));
          assert.equal(reader.next(), false);
        },
      ),
      { numRuns: 500 },
    );
  });
  test('says what is ahead, and reads on when asked', () => {
    fc.assert(
      fc.property(
        content,
        fc.integer({ min: 1, max: 70 }),
        fc.integer({ min: 1, max: 70 }),
        (bytes, size, by) => {
          const reader = new LineReader(slowInput(bytes, by), 'input', size);
          const lines: string[] = [];
          for (;;) {
            // Every other line is read by hand.
            const { bytes: buffer, aheadStart, aheadEnd } = reader;
            const newline = buffer.subarray(0, aheadEnd).indexOf(10, aheadStart);
            if (newline < 0) {
              if (reader.readAhead()) continue;
              break;
            }
            lines.push(
              Buffer.from(buffer.subarray(aheadStart, newline)).toString('latin1').replace(/\r$/, ''),
            );
            reader.skip(1, newline + 1);
            if (!reader.next()) break;
            lines.push(Buffer.from(reader.bytes.subarray(reader.start, reader.end)).toString('latin1'));
            assert.equal(reader.line, lines.length);
          }
          assert.deepEqual(lines, split(bytes));
        },
      ),
      { numRuns: 500 },
    );
  });
  test('reads a line longer than its buffer', () => {
    const long = 'x'.repeat(100_000);
    const reader = new LineReader(slowInput(utf8.encode(`a\n${long}\nb`), 1000), 'input', 64);
    assert.deepEqual(
      [reader.next(), reader.text(), reader.next(), reader.text() === long],
      [true, 'a', true, true],
    );
    assert.deepEqual([reader.next(), reader.text(), reader.next()], [true, 'b', false]);
  });
  test('counts columns in characters', () => {
    const reader = new LineReader(bytesInput(utf8.encode('\nä=x')), 'input');
    reader.next();
    reader.next();
    assert.deepEqual(reader.place(reader.start + 3), { line: 2, column: 3, excerpt: 'ä=x' });
  });
  test('refuses a line without end', () => {
    const endless: ByteInput = { read: (into) => into.fill(120).length };
    const reader = new LineReader(endless, 'endless');
    const code = 'input/line-too-long';
    assert.throws(
      () => reader.next(),
      (error: ProfileError) => error.diagnostic.code === code,
    );
  });
});

describe('Source', () => {
  test('refuses a text that no string would hold', async () => {
    const large: ByteInput = { size: 600e6, read: () => 0 };
    const head = headOf(new PeekedInput(large));
    const source = new Source(large, {
      name: 'large',
      format: 'some-format',
      head,
      diagnostics: new Diagnostics(),
    });
    const text = await failure(Promise.resolve().then(() => source.text()));
    assert.match(text, /^large: error some-format\/too-large: a text of 600000000 bytes or more/);
  });
  test('reads all, or somewhat more than asked for', () => {
    const bytes = Uint8Array.from({ length: 1000 }, (_, i) => i);
    assert.deepEqual(readAll(slowInput(bytes, 64)), bytes);
    assert.deepEqual(readAll(slowInput(bytes, 64), 100), bytes.subarray(0, 128));
  });
  test('shows the first bytes of an input, whatever it says of its size', () => {
    const bytes = Uint8Array.from({ length: 1000 }, (_, i) => i);
    for (const size of [undefined, 0, 64, 1000, 5000]) {
      const input = new PeekedInput({ ...slowInput(bytes, 64), size });
      for (const length of [1, 64, 65, 700, 1000, 1001, 9000])
        assert.deepEqual(input.peek(length), bytes.subarray(0, length), `${length} of ${size}`);
      assert.deepEqual(readAll(input), bytes);
    }
  });
});

test('bytes are the same as far as they are, whatever numbers eight of them make', () => {
  // Zeros of either sign, NaNs and infinities among them.
  const piece = fc.constantFrom(
    '00',
    '80',
    '0000000000000000',
    '0000000000000080',
    '000000000000f87f',
    'ff',
    '7f',
    '61',
  );
  const bytes = fc.array(piece, { maxLength: 12 }).map((pieces) => Buffer.from(pieces.join(''), 'hex'));
  fc.assert(
    fc.property(bytes, bytes, bytes, fc.nat(9), (start, one, other, skipped) => {
      const [a, b] = [one, other].map((rest) => Uint8Array.from([...start, ...rest]));
      const [from, limit] = [Math.min(skipped, start.length), Math.min(a!.length, b!.length)];
      let same = from;
      while (same < limit && a![same] === b![same]) same++;
      const views = [a!, b!].map((array) => new DataView(array.buffer));
      assert.equal(commonPrefix(views[0]!, from, views[1]!, from, limit - from), same - from);
    }),
    { numRuns: 1000 },
  );
});

describe('Interner', () => {
  test('gives the ids a Map gives', () => {
    const word = fc.oneof(fc.uint8Array({ maxLength: 3 }), fc.uint8Array({ maxLength: 20 }));
    fc.assert(
      fc.property(fc.array(word, { maxLength: 3000, size: 'max' }), (words) => {
        const interner = new Interner();
        const ids = new Map<string, number>();
        for (const [i, bytes] of words.entries()) {
          // The same bytes at another place, with other neighbours.
          const at = i % 5;
          const buffer = new Uint8Array(at + bytes.length + 8).fill(i);
          buffer.set(bytes, at);
          const key = Buffer.from(bytes).toString('latin1');
          if (!ids.has(key)) ids.set(key, ids.size);
          const id = interner.intern(buffer, new DataView(buffer.buffer), at, at + bytes.length);
          assert.equal(id, ids.get(key));
          assert.deepEqual(interner.bytes(id), bytes);
        }
        assert.equal(interner.length, ids.size);
      }),
      { numRuns: 20 },
    );
  });
  test('finds the end of a name by the byte behind it', () => {
    const byte = fc.constantFrom(59, 97, 98, 99, 128, 255);
    fc.assert(
      fc.property(fc.array(byte, { maxLength: 300, size: 'max' }), fc.nat(4), (text, at) => {
        const interner = new Interner();
        const bytes = Uint8Array.from([...new Array(at).fill(59), ...text]);
        const view = new DataView(bytes.buffer);
        for (let start = at; start <= bytes.length; ) {
          const found = bytes.indexOf(59, start);
          const end = found < 0 ? bytes.length : found;
          const id = interner.internUpTo(59, bytes, view, start, bytes.length);
          assert.deepEqual(interner.bytes(id), bytes.subarray(start, end));
          assert.equal(interner.intern(bytes, view, start, end), id);
          start = end + 1;
        }
      }),
      { numRuns: 300 },
    );
  });
  test('keeps names apart that have the same hash', () => {
    // Among so many, some ten pairs of 32-bit hashes are equal.
    const interner = new Interner();
    const ids = new Map<string, number>();
    let state = 1;
    for (let i = 0; i < 300_000; i++) {
      const bytes = new Uint8Array(8);
      const view = new DataView(bytes.buffer);
      for (const at of [0, 4]) view.setInt32(at, (state = Math.imul(state, 1664525) + 1013904223), true);
      const key = `${view.getBigInt64(0)}`;
      if (!ids.has(key)) ids.set(key, ids.size);
      assert.equal(interner.intern(bytes, view, 0, 8), ids.get(key));
    }
  });
  test('keeps 100,000 names apart', () => {
    const interner = new Interner();
    for (const pass of [1, 2]) {
      for (let i = 0; i < 100_000; i++) {
        const bytes = utf8.encode(`name${i}`);
        assert.equal(interner.intern(bytes, new DataView(bytes.buffer), 0, bytes.length), i, `pass ${pass}`);
      }
    }
    assert.equal(interner.text(99_999), 'name99999');
  });
});

describe('CallTree', () => {
  /** Looks nodes up in a Map beside the tree. */
  class Oracle {
    readonly tree = new CallTree(1);
    readonly nodes = new Map<string, number>();

    child(parent: number, frame: number): number {
      const key = `${parent} ${frame}`;
      const node = this.tree.child(parent, frame);
      if (!this.nodes.has(key)) {
        this.nodes.set(key, this.nodes.size);
        assert.equal(this.tree.parent[node], parent);
        assert.equal(this.tree.frame[node], frame);
      }
      assert.equal(node, this.nodes.get(key));
      assert.equal(this.tree.length, this.nodes.size);
      return node;
    }
  }

  test('gives the nodes a Map gives', () => {
    const stack = fc.array(fc.integer({ min: 0, max: 200 }), { maxLength: 6 });
    fc.assert(
      fc.property(fc.array(stack, { maxLength: 1500, size: 'max' }), (stacks) => {
        const oracle = new Oracle();
        for (const frames of stacks) {
          let node = -1;
          for (const frame of frames) node = oracle.child(node, frame);
        }
      }),
      { numRuns: 20 },
    );
  });
  test('finds the children of wide parents', () => {
    const oracle = new Oracle();
    const roots = Array.from({ length: 3000 }, (_, i) => oracle.child(-1, i));
    for (let i = 0; i < 5000; i++) {
      oracle.child(roots[7]!, i);
      oracle.child(roots[8]!, i % 60);
      oracle.child(-1, (i * 7919) % 3500);
      oracle.child(roots[7]!, (i * 7919) % 5000);
    }
  });
});

describe('StackTree', () => {
  /** Nodes of lines `<prefix>stack count`, by a tree and by a Map. */
  function nodesOf(
    lines: readonly { prefix: string; frames: readonly string[]; count: string }[],
    size: number,
  ) {
    const text = lines.map(({ prefix, frames, count }) => `${prefix}${frames.join(';')}${count}`).join('\n');
    const reader = new LineReader(bytesInput(utf8.encode(text)), 'input', size);
    const texts: string[] = [];
    const tree = new StackTree(1, undefined, (frame) => texts.push(frame) - 1);
    const nodes = new Map<string, number>();
    const found: number[] = [];
    const expected: number[] = [];
    for (const { prefix, frames, count } of lines) {
      reader.next();
      // A line without a count is passed over.
      if (count === '') continue;
      const { start, end } = reader;
      found.push(tree.node(reader, start + prefix.length, end - count.length));
      for (let depth = 1; depth <= frames.length; depth++) {
        const stack = JSON.stringify(frames.slice(0, depth));
        if (!nodes.has(stack)) nodes.set(stack, nodes.size);
      }
      expected.push(nodes.get(JSON.stringify(frames))!);
    }
    const { frame } = tree.columns();
    const names = Array.from(nodes.keys(), (stack) => (JSON.parse(stack) as string[]).at(-1));
    assert.deepEqual(
      Array.from(frame, (f) => texts[f]),
      names,
    );
    return { found, expected };
  }

  test('gives the nodes a Map gives, whatever lines share', () => {
    const name = fc.constantFrom('a', 'ab', 'abc', 'abcd', 'a 1', '', 'main', 'long_name_of_a_function');
    const line = fc.record({
      prefix: fc.constantFrom('', '', '', 'T1 '),
      frames: fc.array(name, { minLength: 1, maxLength: 6 }),
      count: fc.constantFrom(' 1', ' 1', ' 10', '\t7', ''),
    });
    fc.assert(
      fc.property(
        fc.array(line, { maxLength: 60, size: 'max' }),
        fc.integer({ min: 8, max: 400 }),
        (lines, size) => {
          const { found, expected } = nodesOf(lines, size);
          assert.deepEqual(found, expected);
        },
      ),
      { numRuns: 500 },
    );
  });
  /** A tree of the lines, read one by one or as plain ones. */
  function treeOf(text: string, size: number, plain: boolean) {
    const reader = new LineReader(bytesInput(utf8.encode(text)), 'input', size);
    const texts: string[] = [];
    const metrics = 2;
    // Names that differ in a mark only are one frame.
    const tree = new StackTree(metrics, undefined, (frame) => {
      const name = frame.replace('!', '');
      return texts.includes(name) ? texts.indexOf(name) : texts.push(name) - 1;
    });
    let stacks = 0;
    for (;;) {
      if (plain) stacks += tree.takePlain(reader, true);
      if (!reader.next()) break;
      const match = /^(.*?)[ \t]+([\d.]+)[ \t]+([\d.]+)[ \t]*$/.exec(reader.text());
      if (!match || match[1]!.startsWith('#')) continue;
      stacks++;
      const node = tree.node(reader, reader.start, reader.start + utf8.encode(match[1]!).length);
      for (let m = 0; m < metrics; m++) tree.add(node, m, Number(match[m + 2]));
    }
    const { frame, parent, self, rounded } = tree.columns();
    const columns = [frame, parent, ...self].map((column) => Array.from<number | bigint>(column));
    return { texts, columns, rounded, stacks, lines: reader.line };
  }

  test('takes plain lines for what they are one by one', () => {
    const name = fc.constantFrom('a', 'ab', 'abcdefgh', 'a 1', '', 'ä', 'long_name_of_a_function', 'x!', 'x');
    const number = fc.constantFrom('0', '1', '23', '4.5', '999999999999999', '9999999999999999');
    const line = fc
      .tuple(fc.array(name, { minLength: 1, maxLength: 6 }), number, number)
      .map(([frames, a, b]) => `${frames.join(';')} ${a}\t${b}`);
    const other = fc.constantFrom(
      '',
      '# a 1 1',
      'a',
      ' 1 1',
      'a 1',
      ' ',
      'b 1 2 \r',
      `${'f;'.repeat(300)}f 1 1`,
    );
    fc.assert(
      fc.property(
        fc.array(fc.oneof({ weight: 9, arbitrary: line }, other), { maxLength: 60, size: 'max' }),
        fc.integer({ min: 8, max: 400 }),
        (lines, size) => {
          const text = lines.join('\n');
          assert.deepEqual(treeOf(text, size, true), treeOf(text, size, false));
        },
      ),
      { numRuns: 500 },
    );
  });
  test('plain lines of more sums than there is memory for are left to others', () => {
    assert.ok(PlainStacks.open(1, 1 << 23, false));
    assert.ok(PlainStacks.open(64, 1 << 20, false));
    // So many sums take 4 GB, a number that does not fit into 32 bits.
    assert.equal(PlainStacks.open(64, 1 << 23, false), undefined);
  });
  test('takes plain lines of all sizes', () => {
    const stacks = Array.from({ length: 3000 }, (_, i) => `main;f${i % 70};g${i};h${i % 3}`);
    const wide = Array.from({ length: 9000 }, (_, i) => `wide;w${(i * 7919) % 5000}`);
    const deep = [50_000, 200_000, 400_000].map((depth) => `${'d;'.repeat(depth)}e`);
    const text = [...stacks, ...wide, ...deep, ...stacks].map((stack, i) => `${stack} ${i} 1`).join('\n');
    assert.deepEqual(treeOf(text, 1 << 18, true), treeOf(text, 1 << 18, false));
  });
  test('takes no frame for another that begins like it', () => {
    const stacks = [['a', 'b'], ['a', 'b 1', 'c'], ['a', 'b'], ['a'], ['a', 'b', 'c'], ['ab'], ['a']];
    const lines = stacks.map((frames) => ({ prefix: '', frames, count: ' 1' }));
    const { found, expected } = nodesOf(lines, 1000);
    assert.deepEqual(found, expected);
  });
});
