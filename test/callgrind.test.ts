/** What is read from callgrind files, rule by rule, and the laws of totals and of Xdebug's call tree. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { checkProfile } from '../src/check.ts';
import { sumOf } from '../src/columns.ts';
import { Diagnostics, formatDiagnostic, ProfileError } from '../src/diagnostics.ts';
import type { Profile } from '../src/profile.ts';
import { coarsen } from '../src/transforms/coarsen.ts';
import { convert, dump, failure, printed, readProfile } from './support.ts';

type Options = Record<string, unknown>;

async function read(
  text: string | Uint8Array,
  options: Options = {},
  diagnostics = new Diagnostics(),
): Promise<Profile> {
  const bytes = typeof text === 'string' ? new TextEncoder().encode(text) : text;
  const profile = await readProfile(bytes, {
    format: 'callgrind',
    options: { callgrind: options },
    diagnostics,
  });
  assert.deepEqual(checkProfile(profile), []);
  return profile;
}

/** A file with two events and a body, its lines with `; ` between them. */
const file = (body: string) => `# callgrind format\nevents: A B\n${body.split('; ').join('\n')}\n`;

/** Functions as `file:line name in object self=… total=… calls=…`, in file order; unknown parts left out. */
function functions(profile: Profile): string[] {
  const { functions: table, frames, nodes, mappings } = profile;
  return Array.from(nodes.frame, (frame, n) => {
    const func = frames.func[frame]!;
    const place = table.line[func] ? `${table.file[func]}:${table.line[func]}` : table.file[func]!;
    const object = mappings[table.mapping[func]!]?.name;
    const calls = table.calls?.[func] ?? Number.NaN;
    const values = (columns: Profile['nodes']['self']) => columns.map((column) => column[n]).join(' ');
    return [
      place,
      table.name[func],
      object && `in ${object}`,
      `self=${values(nodes.self)} total=${values(nodes.total)}`,
      Number.isNaN(calls) ? '' : `calls=${calls}`,
    ]
      .filter(Boolean)
      .join(' ');
  });
}

const nameOf = (profile: Profile, node: number) =>
  profile.functions.name[profile.frames.func[profile.nodes.frame[node]!]!]!;

/** `caller > callee @file:line calls x costs`, in file order. */
function arcs(profile: Profile): string[] {
  const table = profile.arcs!;
  return Array.from({ length: table.length }, (_, a) => {
    const site = `${profile.files[table.file?.[a] ?? 0]}:${table.line[a]}`;
    const costs = table.total.map((column) => column[a]).join(' ');
    return `${nameOf(profile, table.caller[a]!)} > ${nameOf(profile, table.callee[a]!)} @${site} ${table.calls[a]}x ${costs}`;
  });
}

/** `function file:line costs`, in file order. */
function lines(profile: Profile): string[] {
  const table = profile.lines!;
  return Array.from({ length: table.length }, (_, i) => {
    const site = `${profile.files[table.file?.[i] ?? 0]}:${table.line[i]}`;
    return `${nameOf(profile, table.node[i]!)} ${site} ${table.values.map((column) => column[i]).join(' ')}`;
  });
}

async function warnings(text: string, options: Options = {}): Promise<string[]> {
  const diagnostics = new Diagnostics();
  await read(text, options, diagnostics);
  return diagnostics.list().map(({ code }) => code);
}

describe('names', () => {
  const selves = async (body: string) =>
    functions(await read(file(body))).map((row) => row.split(' total')[0]);

  test('id spaces of functions, files and objects are apart', async () => {
    const profile = await read(
      file('ob=(1) o; fl=(1) a.c; fn=(1) f; 3 1; cob=(2) p; cfi=(2) b.c; cfn=(2) g; calls=1 9; 4 2'),
    );
    assert.deepEqual(functions(profile), [
      'a.c f in o self=1 0 total=1 0 calls=0',
      'b.c:9 g in p self=0 0 total=0 0 calls=1',
    ]);
  });
  test('blanks around ids, and ids of any size', async () => {
    const defined = 'fn=(1)f; 1 1; fn=(0)   g; 1 2; fn= (4194305) h; 1 4; fn=(999999999999999) i; 1 8';
    const body = `${defined}; fn=(4194305); 1 16; fn=(999999999999999); 1 32; fn=(0); 1 64`;
    assert.deepEqual(await selves(body), ['f self=1 0', 'g self=66 0', 'h self=20 0', 'i self=40 0']);
  });
  test('what only looks like an id is part of the name', async () => {
    const body =
      'fn=(2nd) f; 1 1; fn=(7; 1 2; fn=(root); 1 4; fn=(3) (4) g; 1 8; fn=(12345678901234567) h; 1 16';
    const names = ['(2nd) f', '(7', '(root)', '(4) g', '(12345678901234567) h'];
    assert.deepEqual(
      await selves(body),
      names.map((name, i) => `${name} self=${2 ** i} 0`),
    );
  });
  test('an id may be given anew, and the last name counts', async () => {
    const body = 'fn=(1) f; 1 1; fn=(1) g; 1 2; fn=(1); 1 4; fn=main; cfn=(1); calls=1 1; 2 1';
    const profile = await read(file(body));
    assert.deepEqual(arcs(profile), ['main > g @:2 1x 1 0']);
    assert.deepEqual((await selves(body)).slice(0, 2), ['f self=1 0', ':1 g self=6 0']);
  });
  test('one function under two ids, and two under one', async () => {
    assert.deepEqual(await selves('fl=a.c; fn=(1) f; 1 1; fn=(2) f; 1 2'), ['a.c f self=3 0']);
    const twice = 'fl=a.c; fn=(1) f; 1 1; fl=b.c; fn=(1); 1 2';
    assert.deepEqual(await selves(twice), ['a.c f self=1 0', 'b.c f self=2 0']);
  });
  test('files with the same last part are not the same', async () => {
    const body = 'fl=/x/index.js; fn=f; 1 1; fl=/y/index.js; fn=f; 1 2';
    assert.deepEqual(await selves(body), ['/x/index.js f self=1 0', '/y/index.js f self=2 0']);
  });
  test('unknown names', async () => {
    const body = 'ob=???; fl=???; fn=???; 1 1; fn=; 1 2; fn=(5); 1 4; fn=(6); 1 8; fn=(5); 1 16';
    const names = [
      '??? self=1 0',
      '(unknown) self=2 0',
      '(unknown function 5) self=20 0',
      '(unknown function 6) self=8 0',
    ];
    assert.deepEqual(await selves(body), names);
    assert.deepEqual(await warnings(file(body)), ['callgrind/undefined-id']);
  });
  test('any characters, blanks at the end included', async () => {
    const names = ['ünï 函数', 'x<int, y>::z(a)', '"q\\n"', 'f ', '\0virtual'];
    const profile = await read(file(names.map((name) => `fn=${name}; 1 1`).join('; ')));
    assert.deepEqual(profile.functions.name, names);
  });
  test('levels of recursion and callers in names', async () => {
    const body = "fn=f'2; 1 1; fn=f'main'3; 1 2; fn=f; 1 4; fn='quoted'; 1 8";
    const names = async (fold: string) => (await read(file(body), { fold })).functions.name;
    assert.deepEqual(await names('none'), ["f'2", "f'main'3", 'f', "'quoted'"]);
    assert.deepEqual(await names('recursion'), ['f', "f'main", "'quoted'"]);
    assert.deepEqual(await names('callers'), ['f', "'quoted"]);
  });
  test('names made of ids', async () => {
    const body = "fn=(1) f; 1 1; fn=(2) g; 1 1; fn=(3) (1)'2'(2); 1 1; fn=(4) (1)'(9); 1 1";
    assert.deepEqual((await read(file(body))).functions.name, ['f', 'g', "f'2'g", "f'(9)"]);
  });
});

describe('where costs belong', () => {
  test('fi= and fe= change the file of lines, fn= goes back to that of fl=', async () => {
    const profile = await read(file('fl=a.c; fn=f; 1 1; fi=b.h; 2 2; fe=a.c; 3 4; fi=b.h; 4 8; fn=g; 5 16'));
    assert.deepEqual(lines(profile), ['f :1 1 0', 'f b.h:2 2 0', 'f :3 4 0', 'f b.h:4 8 0', 'g :5 16 0']);
    assert.deepEqual(profile.functions.file, ['a.c', 'a.c']);
  });
  test('fl= and ob= behind fn= leave the function', async () => {
    const profile = await read(file('ob=o; fl=a.c; fn=f; 1 1; fl=b.c; 2 2; ob=p; 3 4; fn=g; 4 8'));
    assert.deepEqual(functions(profile), ['a.c f in o self=7 0 total=7 0', 'b.c g in p self=8 0 total=8 0']);
    assert.deepEqual(lines(profile), ['f :1 1 0', 'f b.c:2 2 0', 'f b.c:3 4 0', 'g :4 8 0']);
  });
  test('names that are only defined are no functions', async () => {
    const profile = await read(file('fl=(1) a.c; fl=(2) b.c; fn=(1) f; fn=(2) g; fl=(1); fn=(1); 1 1'));
    assert.deepEqual(functions(profile), ['a.c f self=1 0 total=1 0']);
  });
  test('costs before any function', async () => {
    const text = file('fl=a.c; 1 1; fn=f; 2 2');
    assert.deepEqual(functions(await read(text)), [
      'a.c (unknown) self=1 0 total=1 0',
      'a.c f self=2 0 total=2 0',
    ]);
    assert.deepEqual(await warnings(text), ['callgrind/no-function']);
  });
  test('line 0 counts', async () => {
    assert.deepEqual(lines(await read(file('fn=f; 0 5; 0 1 2'))), ['f :0 6 2']);
  });
  test('rows of zeros make a function but no line', async () => {
    const profile = await read(file('fn=f; 7; 8 0 0'));
    assert.deepEqual([functions(profile), lines(profile)], [['f self=0 0 total=0 0'], []]);
  });
});

describe('calls', () => {
  const callee = async (body: string) =>
    functions(await read(file(`ob=o; fl=a.c; fn=f; ${body}`)))[1]!.split(' self')[0];

  test('without cfi= and cob= the callee is in the file and object at hand', async () => {
    assert.equal(await callee('cfn=g; calls=1 0; 1 1'), 'a.c g in o');
    assert.equal(await callee('fi=b.h; cfn=g; calls=1 0; 1 1'), 'b.h g in o');
    assert.equal(await callee('cfl=c.c; cfn=g; calls=1 0; 1 1'), 'c.c g in o');
    assert.equal(await callee('cob=p; cfn=g; calls=1 0; 1 1'), 'a.c g in p');
  });
  test('cfi= and cob= may stand behind cfn=', async () => {
    assert.equal(await callee('cfn=g; cfi=b.c; cob=p; calls=1 0; 1 1'), 'b.c g in p');
  });
  test('they are good for one call, and gone behind a self cost', async () => {
    assert.equal(await callee('cob=p; cfi=z.c; cfn=h; 2 1; cfn=g; calls=1 0; 1 1'), 'a.c g in o');
    const profile = await read(file('fl=a.c; fn=f; cfi=b.c; cfn=g; calls=1 0; 1 1; cfn=h; calls=1 0; 1 1'));
    assert.deepEqual(profile.functions.file, ['a.c', 'b.c', 'a.c']);
  });
  test('the same callee again without cfn=', async () => {
    const profile = await read(file('fl=a.c; fn=f; cfi=b.c; cfn=g; calls=1 9; 3 5; calls=2 9; 4 6'));
    assert.deepEqual(arcs(profile), ['f > g @:3 1x 5 0', 'f > g @:4 2x 6 0']);
    assert.deepEqual(profile.functions.file, ['a.c', 'b.c']);
  });
  test('an id alone is the function it was before', async () => {
    const profile = await read(file('fl=b.c; fn=(2) g; 1 1; fl=a.c; fn=(1) f; cfn=(2); calls=1 1; 3 1'));
    assert.deepEqual(functions(profile), [
      'b.c:1 g self=1 0 total=1 0 calls=1',
      'a.c f self=0 0 total=1 0 calls=0',
    ]);
  });
  test('names may stand between calls= and its costs', async () => {
    const profile = await read(file('fl=a.c; fn=f; cfn=g; calls=1 9; ; fi=b.h; # text; 3 5; 4 1'));
    assert.deepEqual(arcs(profile), ['f > g @b.h:3 1x 5 0']);
    assert.deepEqual(functions(profile)[1], 'a.c:9 g self=0 0 total=0 0 calls=1');
  });
  test('targets give the first line of a function; what makes no sense is passed over', async () => {
    const line = async (...calls: string[]) => {
      const profile = await read(file(`fn=f; 20 1${calls.map((call) => `; cfn=g; ${call}; 20 1`).join('')}`));
      return profile.functions.line[1];
    };
    assert.equal(await line('calls=1 +5', 'calls=1 24', 'calls=1 30'), 24);
    assert.equal(await line('calls=1 *'), 20);
    assert.equal(await line('calls=1 -3'), 17);
    for (const odd of ['calls=1', 'calls=1 0 0', 'calls=1 -30', 'calls=1 ?', 'calls= 1 99999999999'])
      assert.equal(await line(odd), 0);
  });
  test('counts of 0 throughout are no counts; else they are', async () => {
    const calls = (...counts: number[]) =>
      file(`fn=f${counts.map((n) => `; cfn=g; calls=${n} 1; 2 1`).join('')}`);
    assert.deepEqual(arcs(await read(calls(0, 0))), ['f > g @:2 NaNx 1 0', 'f > g @:2 NaNx 1 0']);
    assert.deepEqual(arcs(await read(calls(0, 3))), ['f > g @:2 0x 1 0', 'f > g @:2 3x 1 0']);
    assert.deepEqual(arcs(await read(calls(0), { identity: 'name' })), ['f > g @:2 0x 1 0']);
  });
  test('calls without a callee, counts beyond 2^53', async () => {
    const text = file('fn=f; calls=18446744073709551615 1; 1 2');
    assert.deepEqual(arcs(await read(text)), ['f > (unknown) @:1 18446744073709552000x 2 0']);
    assert.deepEqual(await warnings(text), ['callgrind/calls-rounded', 'callgrind/no-callee']);
  });
  test('how often a function was called, and how often while it was not running', async () => {
    const body =
      'fn=f; cfn=g; calls=2 1; 1 1; fn=g; cfn=g; calls=5 1; 1 1; cfn=h; calls=3 1; 1 1; fn=h; cfn=i; calls=1 1; 1 1; fn=i; cfn=h; calls=1 1; 1 1';
    const { functions: table } = await read(file(body));
    assert.deepEqual([...table.calls!], [0, 7, 4, 1]);
    assert.deepEqual([...table.primitiveCalls!], [0, 2, Number.NaN, Number.NaN]);
  });
  test('jumps as the manual writes them are passed over, too', async () => {
    const body = 'fl=a.c; fn=f; 10 5; jcnd=2 9 20; 10; 12 6';
    assert.deepEqual(lines(await read(file(body))), ['f :10 5 0', 'f :12 6 0']);
  });
  test('jumps are passed over, and count as the line before', async () => {
    const body =
      'fl=a.c; fn=f; 10 5; jump=3 +4; * ; jcnd=2/9 20; +1; jfi=(7) b.c; jfn=(8) g; jump=1 99; 12; +1 6; fl=(7); fn=(8); 1 1';
    const profile = await read(file(body));
    assert.deepEqual(lines(profile), ['f :10 5 0', 'f :13 6 0', 'g :1 1 0']);
    assert.deepEqual(await warnings(file(body)), ['callgrind/jumps']);
  });
});

describe("callgrind's own files leave out more", () => {
  const own = (body: string) =>
    `version: 1\ncreator: callgrind-3.19.0\nevents: A\n${body.split('; ').join('\n')}\ntotals: 9\n`;
  const body = 'fl=a.c; fn=f; 10 1; fi=b.h; cfn=g; calls=1 1; 90 2; +1 4';

  test('a callee without cfi= is in the file of the last self cost, and so is the next one', async () => {
    const profile = await read(own(body));
    assert.deepEqual(functions(profile)[1], 'a.c:1 g self=0 total=0 calls=1');
    assert.deepEqual(arcs(profile), ['f > g @b.h:90 1x 2']);
    assert.deepEqual(lines(profile), ['f :10 1', 'f :11 4']);
  });
  test('with other writers it is in the last file', async () => {
    const profile = await read(own(body).replace('callgrind-3.19.0', 'somebody'));
    assert.deepEqual(functions(profile)[1], 'b.h:1 g self=0 total=0 calls=1');
    assert.deepEqual(lines(profile), ['f :10 1', 'f b.h:91 4']);
  });
  test('without a last line they are cut off', async () => {
    assert.deepEqual(await warnings(own('fn=f; 1 1').replace('totals: 9\n', '')), ['callgrind/truncated']);
    assert.deepEqual(await warnings(own('fn=f; 1 1')), []);
  });
});

describe('positions', () => {
  const at = async (positions: string, body: string) =>
    lines(await read(`positions: ${positions}\n${file(`fn=f; ${body}`)}`)).map((row) => row.slice(2));

  test('relative to the last cost line of any kind', async () => {
    const body = '10 1; +5 2; * 4; -3 8; cfn=g; calls=2 +40; +1 7; +1 16; fn=g; +3 32';
    const profile = await read(file(`fn=f; ${body}`));
    assert.deepEqual(lines(profile), ['f :10 1 0', 'f :15 6 0', 'f :12 8 0', 'f :14 16 0', 'g :17 32 0']);
    assert.deepEqual(arcs(profile), ['f > g @:13 2x 7 0']);
  });
  test('hexadecimal, ranges, tabs, blanks', async () => {
    const body = '0x10 1; +0x10 2; 0XA 4; 40-44 8; 50:52 16; 60+5 32;  7\t64; \t8  128 ';
    assert.deepEqual(await at('line', body), [
      ':16 1 0',
      ':32 2 0',
      ':10 4 0',
      ':40 8 0',
      ':50 16 0',
      ':60 32 0',
      ':7 64 0',
      ':8 128 0',
    ]);
  });
  test('addresses, alone or beside lines', async () => {
    assert.deepEqual(await at('instr line', '0x401000 10 1; +4 * 2; +0x4 +1 4; * -1 8; 401 12 16'), [
      ':10 3 0',
      ':11 4 0',
      ':10 8 0',
      ':12 16 0',
    ]);
    assert.deepEqual(await at('instr', '0xffffffff81000000 1; +4 2'), [':0 3 0']);
    assert.deepEqual(await at('instr bb line', '0x10 0x8 3 1'), [':3 1 0']);
    assert.deepEqual(await warnings(`positions: instr\n${file('fn=f; 0x10 1')}`), ['callgrind/addresses']);
  });
  test('the place of an error far down', async () => {
    const rows = Array.from({ length: 500_000 }, (_, i) => `${i} 1234567 7`).join('; ');
    assert.match(
      await failure(read(file(`fn=f; ${rows}; x; 7 y`))),
      /^input:500005:3: error callgrind\/bad-cost/,
    );
  });
  test('what is none is refused', async () => {
    for (const bad of [
      '+ 1',
      '-',
      '12x 1',
      '10- 1',
      '10-x 1',
      '0x 1',
      '4294967296 1',
      '-1 1',
      '+99999999999999999999 1',
    ]) {
      assert.match(await failure(read(file(`fn=f; ${bad}`))), /callgrind\/bad-position/, bad);
    }
  });
});

describe('costs', () => {
  const self = async (body: string) => functions(await read(file(`fn=f; ${body}`)))[0]!.split(' total')[0];

  test('missing ones are 0, those too many are told of', async () => {
    assert.equal(await self('10; 11 5; 12 5 6'), 'f self=10 6');
    assert.equal(await self('10 1 2 3; 11 5 6'), 'f self=6 8');
    assert.deepEqual(await warnings(file('fn=f; 10 1 2 3')), ['callgrind/extra-costs']);
  });
  test('hexadecimal, below 0, a dot', async () => {
    assert.equal(await self('1 0x10 0xff'), 'f self=16 255');
    assert.equal(await self('1 10 -5; 2 -3 4; 3 +2'), 'f self=9 -1');
    assert.equal(await self('1 . 3; 2 4 .'), 'f self=4 3');
  });
  test('exact beyond 2^53, one by one and added up', async () => {
    assert.equal(await self('1 9007199254740993 7'), 'f self=9007199254740993 7');
    assert.equal(
      await self('1 9007199254740991; 2 9007199254740991; 2 9007199254740991'),
      'f self=27021597764222973 0',
    );
    assert.equal(
      await self('1 4611686018427387905 -4611686018427387905'),
      'f self=4611686018427387905 -4611686018427387905',
    );
    assert.equal(
      await self('1 4503599627370497 -4503599627370497; 1 1 -4'),
      'f self=4503599627370498 -4503599627370501',
    );
  });
  test('calls and lines are as exact as functions', async () => {
    const body = 'fl=a.c; fn=f; 1 3; cfn=g; calls=1 5; 1 9007199254740993 1; fn=g; 5 9007199254740993; 5 2';
    const profile = await read(file(body));
    assert.deepEqual(
      functions(profile).map((row) => row.split('self')[1]),
      ['=3 0 total=9007199254740996 0 calls=0', '=9007199254740995 0 total=9007199254740995 0 calls=1'],
    );
    assert.deepEqual(arcs(profile), ['f > g @:1 1x 9007199254740993 1']);
    assert.deepEqual(lines(profile), ['f :1 3 0', 'g :5 9007199254740995 0']);
  });
  test('what is no whole number of 63 bits is refused', async () => {
    for (const bad of ['1 12.5', '1 x', '1 5x', '1 --5', '1 0x', '1 1e3', '1 5 .5', '1 -'])
      assert.match(await failure(read(file(`fn=f; ${bad}`))), /callgrind\/bad-cost/, bad);
    for (const bad of ['1 9223372036854775808', '1 0x8000000000000000', `1 ${'9'.repeat(1000)}`])
      assert.match(await failure(read(file(`fn=f; ${bad}`))), /callgrind\/cost-too-large/, bad);
    const sum = file('fn=f; 1 4611686018427387904; 2 4611686018427387904');
    assert.match(await failure(read(sum)), /callgrind\/cost-too-large: the costs of A, or/);
  });
  test('many columns, and rows over the ends of chunks', async () => {
    const names = Array.from({ length: 13 }, (_, i) => `E${i}`);
    const rows = Array.from(
      { length: 30000 },
      (_, i) => `${i % 50 === 0 ? i + 1 : '+1'} ${names.map((_, k) => (i * k + 1) % 9973).join(' ')}`,
    );
    const profile = await read(`events: ${names.join(' ')}\nfn=f\n${rows.join('\n')}\n`);
    const { line, values, length } = profile.lines!;
    assert.equal(length, rows.length);
    assert.deepEqual([line[0], line[1], line[29999]], [1, 2, 30000]);
    for (const [k, column] of values.entries()) assert.equal(column[12345], (12345 * k + 1) % 9973);
  });
});

describe('events', () => {
  const metrics = async (...header: string[]) =>
    (await read(`${header.join('\n')}\nfn=f\n1 100 7\n`)).metrics.map(({ name, unit, title }) => [
      name,
      unit,
      ...(title ? [title] : []),
    ]);

  test('blanks and tabs between them, none behind the colon', async () => {
    assert.deepEqual(await metrics('events:\tA  B '), [
      ['A', 'count'],
      ['B', 'count'],
    ]);
    assert.deepEqual(await metrics('events:A'), [['A', 'count']]);
  });
  test('long names, before or behind the events', async () => {
    assert.deepEqual(await metrics('event: A : Alpha: more', 'events: A B', 'event: B: Beta'), [
      ['A', 'count', 'Alpha: more'],
      ['B', 'count', 'Beta'],
    ]);
  });
  test('units in names and long names', async () => {
    const unit = async (name: string, title = '') =>
      (await metrics(`event: ${name} : ${title}`, `events: ${name}`))[0]!.slice(0, 2);
    assert.deepEqual(await unit('Time_(µs)'), ['Time', 'microseconds']);
    assert.deepEqual(await unit('cpu(ms)'), ['cpu', 'milliseconds']);
    assert.deepEqual(await unit('f(x)'), ['f(x)', 'count']);
    assert.deepEqual(await unit('ns', 'Nanoseconds'), ['ns', 'nanoseconds']);
    assert.deepEqual(await unit('sysTime', 'sysTime (elapsed ms)'), ['sysTime', 'milliseconds']);
    assert.deepEqual(await unit('T', 'Time (seconds)'), ['T', 'seconds']);
    assert.deepEqual(await unit('T', 'Time (ms, 10^-3 s)'), ['T', 'count']);
    assert.deepEqual(await unit('totB', 'total allocated Bytes'), ['totB', 'bytes']);
    assert.deepEqual(await unit('totBk', 'total allocated Blocks'), ['totBk', 'count']);
    assert.deepEqual(await unit('B'), ['B', 'count']);
    assert.deepEqual(await unit('Smp'), ['Smp', 'samples']);
    assert.deepEqual(await unit('constructor', 'constructor'), ['constructor', 'count']);
  });
  test('a unit of ten is multiplied out', async () => {
    const profile = await read('events: T_(10ns) C\nfn=f\n1 7 7\ncfn=g\ncalls=1 1\n2 5 5\n');
    assert.deepEqual(
      [functions(profile)[0], arcs(profile), lines(profile)],
      ['f self=70 7 total=70 7 calls=0', ['f > g @:2 1x 50 5'], ['f :1 70 7']],
    );
  });
  test('formulas, also of formulas', async () => {
    const header = ['event: S = A + 2 B : Sum', 'event: D = A - B', 'event: E= -3*S+D', 'events: A B'];
    const profile = await read(
      `${header.join('\n')}\nfn=f\n1 100 7\ncfn=g\ncalls=1 1\n2 10 1\nfn=g\n1 10 1\n`,
    );
    assert.deepEqual(
      profile.metrics.map(({ name }) => name),
      ['A', 'B', 'S', 'D', 'E'],
    );
    assert.equal(functions(profile)[0], 'f self=100 7 114 93 -249 total=110 8 126 102 -276 calls=0');
    assert.deepEqual(arcs(profile), ['f > g @:2 1x 10 1 12 9 -27']);
    assert.deepEqual(lines(profile), ['f :1 100 7 114 93 -249', 'g :1 10 1 12 9 -27']);
  });
  test('formulas are exact, and have the unit of their terms', async () => {
    const profile = await read(
      'event: S = ns + 1000 us\nevents: ns us\nfn=f\n1 9007199254740993 9007199254740\n',
    );
    assert.equal(profile.metrics[2]!.unit, 'count');
    assert.equal(profile.nodes.self[2]![0], 18014398509480993n);
    assert.equal((await read('event: S = 3 ns\nevents: ns\nfn=f\n1 1\n')).metrics[1]!.unit, 'nanoseconds');
  });
  test('formulas that pass 64 bits are refused', async () => {
    const chain = Array.from({ length: 99 }, (_, i) => `event: E${i + 1} = 9007199254740991 E${i}`);
    const text = (cost: number) => `${chain.join('\n')}\nevents: E0\nfn=f\n1 ${cost}\n`;
    assert.match(await failure(read(text(1))), /callgrind\/cost-too-large: the costs of E0, or of a formula/);
    assert.equal((await read(text(0))).metrics.length, 100);
  });
  test('formulas that are none are left out', async () => {
    for (const bad of ['A / 2', 'A + C', '2', '2 + A', 'A B', 'A +', '', 'A * * 2', '9007199254740993 A']) {
      const text = `event: S = ${bad}\nevents: A B\nfn=f\n1 1\n`;
      assert.equal((await read(text)).metrics.length, 2, bad);
      assert.deepEqual(await warnings(text), ['callgrind/bad-formula'], bad);
    }
    assert.deepEqual(await warnings('event: = A\nevents: A\nfn=f\n1 1\n'), ['callgrind/bad-event']);
  });
});

test('a file is recognised by any part of it, not by its first words', async () => {
  const body = 'fl=a.c\nfn=main\n10 5\n';
  const long = 'y'.repeat(3000);
  for (const header of [
    `creator: x\ncmd: ${long}\nevents: A B\n`,
    `cmd: ${long}\nevents: A B\n`,
    'cmd: tool --events: A creator: b\nevents: A B\n',
    'events: A B\n',
    'events:\tA\tB\n',
    'version: 2\nevents: A\n',
  ]) {
    const profile = await readProfile(Buffer.from(header + body));
    assert.deepEqual([profile.functions.name, profile.nodes.self[0]![0]], [['main'], 5], header.slice(0, 40));
  }
});

describe('headers and parts', () => {
  test('what is known of the recording', async () => {
    const text =
      'version: 1\ncreator: x 1.0\npid: 7\ncmd:  a b \npart: 1\nthread: 2 main\ndesc: I1 cache: \ndesc: Trigger: end\nevents: A\nsummary: 9\nfn=f\n1 5\ntotals: 5\n';
    const { meta } = await read(text);
    const desc = ['I1 cache:', 'Trigger: end'];
    const part = { pid: '7', part: '1', thread: '2 main', desc, summary: '9', totals: '5' };
    assert.deepEqual(meta, {
      producer: 'x 1.0',
      command: 'a b',
      comments: ['Trigger: end'],
      raw: { callgrind: { events: ['A'], parts: [part] } },
    });
  });
  test('the sum is that of the costs, whatever the summary says, and wherever', async () => {
    for (const text of [file('fn=f; 1 5; summary: 1000 2000'), `summary: 9 9\n${file('fn=f; 1 5')}`]) {
      const profile = await read(text);
      assert.equal(sumOf(profile.nodes.self[0]!), 5);
    }
  });
  test('parts add up, events by name', async () => {
    const profile = await read(
      'events: A B\nfl=(1) a.c\nfn=(1) f\n1 1 2\n\nevents: B C A\nfl=(1)\nfn=(1)\n1 10 20 30\n',
    );
    assert.deepEqual(
      profile.metrics.map(({ name }) => name),
      ['A', 'B', 'C'],
    );
    assert.deepEqual(functions(profile), ['a.c f self=31 12 20 total=31 12 20']);
  });
  test('a part begins anew: file, function and lines', async () => {
    const profile = await read(file('ob=o; fl=a.c; fn=f; 10 1; part: 2; +1 2; fn=f; +1 4'));
    assert.deepEqual(
      functions(profile).map((row) => row.split(' total')[0]),
      ['a.c f in o self=1 0', '(unknown) self=2 0', 'f self=4 0'],
    );
    assert.deepEqual(lines(profile), ['f :10 1 0', '(unknown) :1 2 0', 'f :2 4 0']);
  });
  test('header lines behind events: open no part', async () => {
    for (const late of ['positions: line', 'pid: 7', 'part: 3', 'desc: x']) {
      assert.deepEqual(functions(await read(file(`${late}; fn=f; 1 1`))), ['f self=1 0 total=1 0'], late);
    }
  });
  test('parts and threads that are asked for', async () => {
    const text =
      'part: 1\nthread: 1\nevents: A\nfn=(1) f\n1 1\npart: 1\nthread: 2\nfn=(1)\n1 2\ncfn=(2) g\ncalls=1 1\n1 4\npart: 2\nthread: 1 x\nfn=(1)\n1 8\n';
    const self = async (options: Options) => (await read(text, options)).nodes.self[0]!;
    assert.deepEqual([...(await self({ thread: 1 }))], [9]);
    assert.deepEqual([...(await self({ thread: 2 }))], [2, 0]);
    assert.deepEqual([...(await self({ part: 2 }))], [8]);
    assert.deepEqual([...(await self({ part: 1, thread: 1 }))], [1]);
    assert.match(
      await failure(self({ part: 2, thread: 2 })),
      /no-such-part: the file has no part 2 with thread 2/,
    );
  });
  test('several files in one', async () => {
    const text = `version: 1\n${file('fn=(1) f; 1 1')}version: 1\ncreator: x\n${file('fn=(2) g; 1 2')}`;
    assert.deepEqual((await read(text)).functions.name, ['f', 'g']);
    assert.deepEqual((await read(text, { files: 'first' })).functions.name, ['f']);
    assert.deepEqual(await warnings(text, { files: 'first' }), ['callgrind/later-files']);
  });
  test('line ends, marks, encodings', async () => {
    const text = file('fl=ä.c; fn=f; 10 5 6; 11 1');
    const expected = dump(await read(text));
    const utf16 = new Uint8Array(Buffer.from(`\uFEFF${text}`, 'utf16le'));
    for (const other of [text.trimEnd(), text.replaceAll('\n', '\r\n'), `\uFEFF${text}`, utf16])
      assert.equal(dump(await read(other)), expected);
  });
  test('comments, blank and unknown lines', async () => {
    const text = file(
      '# 1 99; ;   \t; foo: bar; rec=1; frfn=(spontaneous); fn=f; 1 5; bb=0x0 1; text; fx=1; 1 6',
    );
    assert.equal(functions(await read(text))[0], 'f self=11 0 total=11 0');
    assert.deepEqual(await warnings(text), ['callgrind/unknown-line']);
  });
  test('an unknown version', async () => {
    assert.deepEqual(await warnings(`version: 2\n${file('fn=f; 1 1')}`), ['callgrind/version']);
  });
  test('nothing to read', async () => {
    for (const text of ['', 'version: 1\n', 'fn=f\n1 1\n', 'events: \nfn=f\n1 1\n'])
      assert.match(await failure(read(text)), /callgrind\/no-events/);
    assert.deepEqual(await warnings('events: A\n'), ['callgrind/no-costs']);
    assert.deepEqual(await warnings(file('fn=f; 1 1; cfn=g; calls=1 1')), ['callgrind/truncated']);
    assert.match(await failure(read(file('fn=f; calls=x 1; 1 1'))), /callgrind\/bad-calls/);
    const tooMany = `fn=f; cfn=g; calls=${'9'.repeat(400)} 1; 1 1`;
    assert.match(await failure(read(file(tooMany))), /^input:5:7: error callgrind\/calls-too-large/);
  });
});

/** An activation of a function: its self cost, the line of its call, and what it called. */
interface Activation {
  func: number;
  self: number;
  line: number;
  callees: Activation[];
}

const activation = (depth: number): fc.Arbitrary<Activation> =>
  fc.record({
    func: fc.integer({ min: 0, max: 5 }),
    self: fc.integer({ min: 0, max: 100 }),
    line: fc.integer({ min: 1, max: 9 }),
    callees: depth === 0 ? fc.constant([]) : fc.array(activation(depth - 1), { maxLength: 3 }),
  });
const program = fc.array(activation(4), { minLength: 1, maxLength: 3 });

/** The program as callgrind adds it up: the cost of a call counts at every return. */
class Sums {
  readonly self = new Map<number, number>();
  readonly arcs = new Map<string, { calls: number; cost: number }>();
  /** Cost while a function is on the stack, counted once. */
  readonly total = new Map<number, number>();

  constructor(roots: Activation[]) {
    for (const root of roots) this.#add(root, []);
  }

  #add(a: Activation, stack: number[]): number {
    this.self.set(a.func, (this.self.get(a.func) ?? 0) + a.self);
    const on = [...stack, a.func];
    let cost = a.self;
    for (const callee of a.callees) {
      const inside = this.#add(callee, on);
      cost += inside;
      const key = `${a.func} ${callee.func} ${callee.line}`;
      const arc = this.arcs.get(key) ?? { calls: 0, cost: 0 };
      this.arcs.set(key, { calls: arc.calls + 1, cost: arc.cost + inside });
    }
    if (!stack.includes(a.func)) this.total.set(a.func, (this.total.get(a.func) ?? 0) + cost);
    return cost;
  }

  /** Functions in order; names in full or compressed, lines absolute or relative. */
  write(compressed: boolean, relative: boolean): string {
    const out = ['events: A'];
    const defined = new Set<number>();
    const name = (func: number) => {
      if (!compressed) return `f${func}`;
      const known = defined.has(func);
      defined.add(func);
      return known ? `(${func})` : `(${func}) f${func}`;
    };
    let last = 0;
    const position = (line: number) => {
      const difference = line - last;
      last = line;
      if (!relative || last === difference) return `${line}`;
      return difference === 0 ? '*' : difference > 0 ? `+${difference}` : `${difference}`;
    };
    for (const [func, self] of [...this.self].sort(([a], [b]) => a - b)) {
      out.push(`fl=f${func}.c`, `fn=${name(func)}`, `${position(10)} ${self}`);
      for (const [key, { calls, cost }] of [...this.arcs].sort()) {
        const [caller, callee, line] = key.split(' ').map(Number);
        if (caller !== func) continue;
        out.push(
          `cfi=f${callee}.c`,
          `cfn=${name(callee!)}`,
          `calls=${calls} 10`,
          `${position(line!)} ${cost}`,
        );
      }
    }
    return `${out.join('\n')}\n`;
  }
}

describe('totals', () => {
  const totals = (profile: Profile) =>
    new Map(
      Array.from(profile.nodes.frame, (_, n) => [nameOf(profile, n), Number(profile.nodes.total[0]![n])]),
    );

  test('direct recursion is exact', async () => {
    const body =
      'fn=main; 1 10; cfn=f; calls=1 5; 1 90; fn=f; 5 60; cfn=f; calls=4 5; 6 120; cfn=g; calls=5 9; 7 30; fn=g; 9 30';
    assert.deepEqual(
      [...totals(await read(file(body)))],
      [
        ['main', 100],
        ['f', 90],
        ['g', 30],
      ],
    );
    assert.deepEqual(await warnings(file(body)), []);
  });
  test('what is called, and runs on its own too, has all that it took', async () => {
    for (const count of [0, 1]) {
      const body = `fn=main; 1 10; cfn=work; calls=${count} 5; 1 30; fn=work; 5 100`;
      assert.deepEqual(
        [...totals(await read(file(body)))],
        [
          ['main', 40],
          ['work', 100],
        ],
      );
    }
    const alone = 'fn=f; 5 60; cfn=f; calls=4 5; 6 120; cfn=g; calls=5 9; 7 30; fn=g; 9 30';
    assert.deepEqual(
      [...totals(await read(file(alone)))],
      [
        ['f', 90],
        ['g', 30],
      ],
    );
  });
  test('a cycle has bounds, and a warning', async () => {
    const body =
      'fn=main; 1 10; cfn=a; calls=1 5; 1 90; fn=a; 5 20; cfn=b; calls=3 7; 5 50; fn=b; 7 70; cfn=a; calls=1 5; 7 15';
    assert.deepEqual(
      [...totals(await read(file(body)))],
      [
        ['main', 100],
        ['a', 90],
        ['b', 70],
      ],
    );
    assert.deepEqual(await warnings(file(body)), ['callgrind/cycle-totals']);
  });
  test('none passes the sum', async () => {
    const body = 'fn=main; 1 10; cfn=f; calls=1 5; 1 9000; fn=f; 5 60';
    assert.deepEqual(
      [...totals(await read(file(body)))],
      [
        ['main', 70],
        ['f', 60],
      ],
    );
  });
  test('exact outside cycles, never too small inside', async () => {
    await fc.assert(
      fc.asyncProperty(program, async (roots) => {
        const sums = new Sums(roots);
        const profile = await read(sums.write(true, true));
        const inCycle = cyclic(sums);
        for (const [name, total] of totals(profile)) {
          const func = Number(name.slice(1));
          const exact = sums.total.get(func)!;
          if (inCycle(func)) assert.ok(total >= exact, `${name}: ${total} < ${exact}`);
          else assert.equal(total, exact, name);
        }
      }),
    );
  });
  test('however the file is written', async () => {
    await fc.assert(
      fc.asyncProperty(program, async (roots) => {
        const sums = new Sums(roots);
        const expected = dump(await read(sums.write(false, false)));
        for (const [compressed, relative] of [
          [true, false],
          [false, true],
          [true, true],
        ] as const)
          assert.equal(dump(await read(sums.write(compressed, relative))), expected);
      }),
      { numRuns: 30 },
    );
  });
  test('a chain of 100,000 functions', async () => {
    const depth = 100_000;
    const out = ['events: A'];
    for (let i = 0; i < depth; i++) {
      out.push(`fn=(${i}) f${i}`, '1 1');
      if (i + 1 < depth) out.push(`cfn=(${i + 1}) f${i + 1}`, 'calls=1 1', `1 ${depth - 1 - i}`);
    }
    const profile = await read(`${out.join('\n')}\n`);
    assert.deepEqual([profile.nodes.total[0]![0], profile.nodes.total[0]![depth - 1]], [depth, 1]);
  });
});

/** Whether a function reaches itself through another one. */
function cyclic(sums: Sums): (func: number) => boolean {
  const next = new Map<number, Set<number>>();
  for (const key of sums.arcs.keys()) {
    const [caller, callee] = key.split(' ').map(Number);
    if (caller !== callee) next.set(caller!, (next.get(caller!) ?? new Set()).add(callee!));
  }
  return (func) => {
    const seen = new Set<number>();
    const open = [...(next.get(func) ?? [])];
    for (let at = open.pop(); at !== undefined; at = open.pop()) {
      if (at === func) return true;
      if (!seen.has(at)) open.push(...(next.get(at) ?? []));
      seen.add(at);
    }
    return false;
  };
}

/** The program as Xdebug writes it: a block for each activation when it returns. */
function xdebugFile(roots: Activation[]): string {
  const out = ['version: 1', 'creator: xdebug 3.2.0', 'positions: line', 'events: Time_(10ns)'];
  const write = (a: Activation): number => {
    const costs = a.callees.map(write);
    out.push('', 'fl=(1) a.php', `fn=(${a.func}) f${a.func}`, `${a.func + 1} ${a.self}`);
    for (const [i, callee] of a.callees.entries()) {
      out.push('cfl=(1)', `cfn=(${callee.func})`, 'calls=1 0 0', `${callee.line} ${costs[i]}`);
    }
    return costs.reduce((sum, cost) => sum + cost, a.self);
  };
  for (const root of roots) write(root);
  return `${out.join('\n')}\n`;
}

describe('Xdebug', () => {
  test('the call tree is exact', async () => {
    await fc.assert(
      fc.asyncProperty(program, async (roots) => {
        const profile = await read(xdebugFile(roots));
        assert.equal(profile.callers, 'all');
        const sums = new Sums(roots);
        const graph = coarsen(profile, { arcTotals: 'every', lines: true });
        assert.deepEqual(checkProfile(graph), []);
        const funcOf = (node: number) => Number(nameOf(graph, node).slice(1));
        for (let n = 0; n < graph.nodes.length; n++) {
          assert.equal(graph.nodes.total[0]![n], 10 * sums.total.get(funcOf(n))!);
          assert.equal(graph.nodes.self[0]![n], 10 * sums.self.get(funcOf(n))!);
        }
        const { caller, callee, line, calls, total, length } = graph.arcs!;
        const found = Array.from({ length }, (_, a) => {
          return `${funcOf(caller[a]!)} ${funcOf(callee[a]!)} ${line[a]}: ${calls[a]} ${total[0]![a]}`;
        });
        const expected = Array.from(sums.arcs, ([key, { calls: n, cost }]) => `${key}: ${n} ${10 * cost}`);
        assert.deepEqual(found.sort(), expected.sort());
      }),
    );
  });
  test('how often functions were called', async () => {
    const leaf = (func: number): Activation => ({ func, self: 1, line: 1, callees: [] });
    const root = {
      ...leaf(0),
      callees: [{ ...leaf(1), callees: [{ ...leaf(2), callees: [leaf(1)] }] }, leaf(1)],
    };
    const { functions: table } = await read(xdebugFile([root, leaf(1)]));
    const of = (func: number) => [
      table.calls![table.name.indexOf(`f${func}`)],
      table.primitiveCalls![table.name.indexOf(`f${func}`)],
    ];
    assert.deepEqual(
      [of(0), of(1), of(2)],
      [
        [1, 1],
        [4, 3],
        [1, 1],
      ],
    );
  });
  test('JSON keeps the tree, and how often its nodes were called', async () => {
    const profile = await read(xdebugFile(fc.sample(program, { numRuns: 1, seed: 7 })[0]!));
    const again = await readProfile(await convert(profile, 'json'), { format: 'json' });
    assert.ok(again.nodes.calls!.some((n) => n > 0));
    assert.equal(dump(again), dump(profile));
  });
  test('activations of one part are not called by the next', async () => {
    const text = xdebugFile([{ func: 0, self: 1, line: 1, callees: [] }]);
    const cut = `${text}part: 2\nfl=(1)\nfn=(1) f1\n2 5\ncfl=(1)\ncfn=(0)\ncalls=1 0 0\n3 1\n`;
    assert.deepEqual(await warnings(cut), ['callgrind/no-call-tree']);
  });
  test('what is no list of activations is read as a graph', async () => {
    const text = xdebugFile([
      { func: 0, self: 1, line: 1, callees: [{ func: 1, self: 1, line: 1, callees: [] }] },
    ]);
    for (const other of [text.replace('calls=1', 'calls=2'), text.replace('cfn=(1)', 'cfn=(2) other')]) {
      const diagnostics = new Diagnostics();
      assert.equal((await read(other, {}, diagnostics)).callers, 'direct');
      assert.match(printed(diagnostics), /callgrind\/no-call-tree/);
    }
    assert.equal((await read(text, { xdebug: 'graph' })).callers, 'direct');
    assert.equal((await read(text, { identity: 'name' })).callers, 'direct');
  });
  test('a stack of 100,000', async () => {
    const depth = 100_000;
    const out = ['creator: xdebug 3.2.0', 'events: Time_(10ns)', 'fl=a.php', 'fn=f', '1 1'];
    for (let i = 1; i < depth; i++)
      out.push('fl=a.php', 'fn=f', '1 1', 'cfl=a.php', 'cfn=f', 'calls=1 0 0', `2 ${i}`);
    const profile = await read(`${out.join('\n')}\n`);
    assert.equal(coarsen(profile).nodes.total[0]![0], depth * 10);
  });
});

describe('without costs by line', () => {
  /** What is read with and without them; or both diagnostics that it stops with. */
  async function bothWays(bytes: Uint8Array): Promise<[string, string]> {
    const [all, sums] = [true, false].map(async (wantsLineCosts) => {
      const diagnostics = new Diagnostics();
      const settings = { format: 'callgrind', diagnostics, wantsLineCosts };
      try {
        const { lines, ...rest } = await readProfile(bytes, settings);
        if (!wantsLineCosts) assert.equal(lines, undefined);
        return dump(rest) + printed(diagnostics);
      } catch (error) {
        if (error instanceof ProfileError) return formatDiagnostic(error.diagnostic);
        throw error;
      }
    });
    return [await all!, await sums!];
  }

  test('sums are exact, of whatever sizes', async () => {
    const cost = fc.oneof(
      { weight: 8, arbitrary: fc.bigInt({ min: 0n, max: 2000n }) },
      fc.bigInt({ min: -5n, max: 2n ** 31n }),
      fc.bigInt({ min: 2n ** 50n, max: 2n ** 54n }),
      fc.bigInt({ min: 2n ** 61n, max: 2n ** 63n - 1n }),
    );
    const row = fc.record({
      func: fc.nat(3),
      line: fc.nat(3),
      costs: fc.tuple(cost, cost),
      calls: fc.boolean(),
    });
    const derived = fc.constantFrom('', 'event: C = A + 8 B\n');
    await fc.assert(
      fc.asyncProperty(fc.array(row, { maxLength: 30 }), derived, async (rows, event) => {
        const body = rows.map(({ func, line, costs, calls }, i) => {
          const block = i % 4 > 0 && rows[i - 1]!.func === func ? '' : `fn=f${func}\n`;
          const part = i === 4 ? 'part: 2\nevents: B\n' : '';
          const call = calls ? `cfn=f${(func + 1) % 4}\ncalls=1 1\n1 2 3\n` : '';
          return `${part}${block}${line} ${costs.join(' ')}\n${call}`;
        });
        const text = `${event}events: A B\n${body.join('')}`;
        const [all, sums] = await bothWays(new TextEncoder().encode(text));
        assert.equal(sums, all);
      }),
      { numRuns: 300 },
    );
  });
});

describe('gprof2dot’s identity', () => {
  test('functions of one name are one, in the object that was seen first', async () => {
    const body =
      'ob=/lib/a.so; fl=a.c; fn=f; 1 1; cob=/lib/b.so; cfn=g; calls=1 1; 1 1; ob=c.so; fl=b.c; fn=f; 1 2; fn=g; 1 4';
    const profile = await read(file(body), { identity: 'name' });
    assert.deepEqual(functions(profile), [
      'f in a.so self=3 0 total=4 0 calls=0',
      'g in b.so self=4 0 total=4 0 calls=1',
    ]);
  });
  test('functions without calls have none', async () => {
    assert.deepEqual(functions(await read(file('fn=f; 1 1'), { identity: 'name' })), [
      'f self=1 0 total=1 0 calls=0',
    ]);
  });
});
