/** Numbers and names as Python writes them: examples, and what a real python3 says. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';
import fc from 'fast-check';
import { cutName } from '../converters/views/dot/cut.ts';
import { stripName, wrapName } from '../converters/views/dot/wrap.ts';
import { fixed2, formatNumber, isNumberFormat, repr } from '../src/python-format.ts';
import { needs } from './support.ts';

test('two decimals: the exact binary value, ties to even', () => {
  assert.equal(fixed2(0.125), '0.12');
  assert.equal(fixed2(0.375), '0.38');
  assert.equal(fixed2(2.675), '2.67');
  assert.equal(fixed2(1e22), '10000000000000000000000.00');
  assert.equal(fixed2(-0.001), '-0.00');
  assert.equal(fixed2(Number.NaN), 'nan');
});

test('formats of one number are told from others', () => {
  for (const format of ['%.7g', '%05.1f s', '%d', '%s', '100%% of %e', '%+.3E', 'é%i']) {
    assert.ok(isNumberFormat(format), format);
  }
  for (const format of ['', 's', '%', '%%', '%d %d', '%x', '%c', '%(a)s', '%*d', '%99999f', '%.99999f']) {
    assert.ok(!isNumberFormat(format), format);
  }
});

/** Results of an expression over `x` for each item, as the installed Python has them. */
function python(expression: string, items: unknown[]): string[] {
  const program = `import json,sys,struct,textwrap,re
f=lambda h: struct.unpack('>d',bytes.fromhex(h))[0]
json.dump([${expression} for x in json.load(sys.stdin)],sys.stdout)`;
  const options = { input: JSON.stringify(items), maxBuffer: 1 << 26 };
  return JSON.parse(execFileSync('python3', ['-c', program], options).toString());
}

function bits(value: number): string {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, value);
  return view.getBigUint64(0).toString(16).padStart(16, '0');
}

const numbers = fc.oneof(
  fc.double(),
  fc.double({ min: 0, max: 100 }),
  fc.integer({ min: 0, max: 800_000 }).map((n) => n / 800),
  fc.integer({ min: -50, max: 50 }).map((n) => 10 ** (n % 30) * (n / 8)),
  fc.constantFrom(0, -0, 9.995, 0.5, 1.5, 2.5, 999999.95, 9999999.5, 1e15, 1e16, 123456789012345680, 5e-324),
);
const formats = fc
  .tuple(
    fc.constantFrom('', '-', '+', ' ', '0', '#', '-+', '0+', '#0'),
    fc.constantFrom('', '8', '15'),
    fc.constantFrom('', '.0', '.1', '.2', '.7', '.12', '.'),
    fc.constantFrom('d', 'i', 'u', 'e', 'E', 'f', 'F', 'g', 'G', 's', 'r'),
  )
  .map(([flags, width, precision, kind]) => `<%${flags}${width}${precision}${kind}>`);

test('every format gives what Python gives', { skip: needs('python3') }, () => {
  const items = fc
    .sample(fc.tuple(formats, numbers), { numRuns: 2000, seed: 7 })
    .filter(([format, value]) => Number.isFinite(value) || !/[diu]>$/.test(format));
  const expected = python(
    'x[0] % f(x[1])',
    items.map(([format, value]) => [format, bits(value)]),
  );
  for (const [i, [format, value]] of items.entries()) {
    assert.equal(formatNumber(format, value), expected[i], `${format} of ${value}`);
  }
});

test('repr and two decimals are those of Python', { skip: needs('python3') }, () => {
  const items = fc.sample(numbers, { numRuns: 1500, seed: 3 });
  const expected = python("repr(f(x)) + ' %.2f' % f(x)", items.map(bits));
  for (const [i, value] of items.entries()) assert.equal(`${repr(value)} ${fixed2(value)}`, expected[i]);
});

const words = fc
  .array(
    fc.constantFrom(
      'std::vector<int, std::allocator<int> >',
      'a-b',
      'well-known-thing',
      'x--y',
      '--flag',
      ' ',
      '\t',
      '\n',
      ', ',
      'operator-',
      'é-ü',
      '🦄',
      '\u00a0',
      'Foo::bar(char const*, unsigned long) const',
      '> > >',
      'x'.repeat(40),
    ),
    { maxLength: 12 },
  )
  .map((parts) => parts.join(''));

test('names are wrapped and stripped as Python does it', { skip: needs('python3') }, () => {
  const items = fc.sample(words, { numRuns: 1000, seed: 11 });
  const wrapped = python(
    "(textwrap.fill(x,32,break_long_words=False) if len(x)>32 else x).replace(', ',',').replace('> >','>>').replace('> >','>>')",
    items,
  );
  const stripped = python(
    "(lambda r,s: r(r,r'<[^<>]*>',re.sub(r'\\s+const$','',r(r,r'\\([^()]*\\)',s))))(lambda r,p,s: s if re.subn(p,'',s)[1]==0 else r(r,p,re.sub(p,'',s)), x)",
    items,
  );
  for (const [i, name] of items.entries()) {
    assert.equal(wrapName(name), wrapped[i], JSON.stringify(name));
    assert.equal(stripName(name), stripped[i], JSON.stringify(name));
  }
});

test('brackets without a partner stay, however many', () => {
  assert.equal(stripName('a(b)c) (d'), 'ac) (d');
  assert.equal(stripName(`f${'('.repeat(50_000)}${')'.repeat(50_000)} const`), 'f');
  assert.equal(stripName('operator<(A<B> const&)'), 'operator<');
});

test('only names of 4096 characters and more are cut', () => {
  assert.equal(cutName('x'.repeat(4095)), 'x'.repeat(4095));
  assert.equal(cutName('x'.repeat(4096)), `${'x'.repeat(4095)}…`);
  assert.equal(cutName('🦄'.repeat(4095)), '🦄'.repeat(4095));
});
