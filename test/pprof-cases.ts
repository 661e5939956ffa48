/** The hand-made fixtures of pprof, by case: `UPDATE=1` writes them as `fixtures/pprof/<case>/input.pb`. */
import { PprofFile } from './pprof-file.ts';
import { Message } from './protobuf-encoder.ts';

function labels(): Uint8Array {
  const file = new PprofFile().type('samples', 'count').functions('main', 'work');
  const stack = [2, 1];
  file.sample({ stack, values: [1] });
  file.sample({
    stack,
    values: [2],
    labels: [
      { key: 'thread', text: 'main' },
      { key: 'latency', number: 15, unit: 'milliseconds' },
    ],
  });
  // The same set again, in other bytes: a number may be longer than it need be.
  const long = new Message().raw([8, 0x80 | file.string('thread'), 0]).int(2, file.string('main'));
  const latency = file.label({ key: 'latency', number: 15, unit: 'milliseconds' });
  file.add(2, new Message().put(3, long).packed(1, stack).put(3, latency).packed(2, [4]));
  file.sample({ stack, values: [8], labels: [{ key: 'thread', number: 0 }] });
  file.sample({ stack, values: [16], labels: [{ key: 'request', number: 2n ** 60n + 1n }] });
  file.sample({ stack, values: [32], labels: [{ key: 'request', number: -5, unit: 'bytes' }] });
  file.sample({
    stack,
    values: [64],
    labels: [
      { key: 'tag', text: 'a' },
      { key: 'tag', text: 'b' },
      { key: 'tag', number: 3 },
    ],
  });
  file.sample({ stack, values: [128], labels: [{ key: 'both', text: 'x', number: 7 }] });
  file.sample({ stack, values: [256], labels: [{ key: '' }] });
  return file.bytes();
}

function lines(): Uint8Array {
  const file = new PprofFile().type('samples', 'count').type('cpu', 'nanoseconds');
  for (const [i, name] of ['main', 'outer', 'middle', 'inner'].entries()) {
    file.function(i + 1, name, { system: `_${name}`, file: 'app.cc', line: 10 * i + 1 });
  }
  file.mapping(1, '/srv/app/app', { start: 0x400000, limit: 0x500000, offset: 0x1000, build: 'abc123' });
  file.location(1, [{ function: 1, line: 5 }], { mapping: 1, address: 0x400010 });
  const inlined = [
    { function: 4, line: 31, column: 7 },
    { function: 3, line: 22, column: 9 },
    { function: 2, line: 13 },
  ];
  file.location(2, inlined, { mapping: 1, address: 0x400020, folded: true });
  // Datadog's way to write line 14, column 99, a line and a column beside it, and two that are no lines.
  file.location(3, [{ function: 2, line: 99n * 2n ** 32n + 14n }]);
  file.location(4, [{ function: 2, line: 99n * 2n ** 32n + 15n, column: 3 }]);
  file.location(5, [{ function: 2, line: -2 }]);
  file.location(6, [{ function: 2, line: 2n ** 31n }]);
  for (let id = 2; id <= 6; id++) file.sample({ stack: [id, 1], values: [1, id * 10] });
  file.sample({ stack: [1], values: [2, 5] });
  file.add(11, file.valueType('cpu', 'nanoseconds'));
  file.add(13, new Message().varint(file.string('a comment')).varint(file.string('#hidden')));
  return file.bytes({
    9: 1_700_000_000_123_456_789n,
    10: 2_000_000_000,
    12: 10_000_000,
    14: file.string('samples'),
    15: file.string('https://example.org/doc'),
  });
}

function nameless(): Uint8Array {
  const file = new PprofFile().type('samples', 'count').functions('main');
  file.mapping(1, '/usr/lib/a/libx.so', { start: 0x1000, limit: 0x2000 });
  file.mapping(2, '/usr/lib/b/libx.so', { start: 0x3000, limit: 0x4000 });
  file.mapping(3, '[vdso]', { start: 0x5000, limit: 0x6000 });
  file.mapping(4, '');
  file.function(7, '', { file: 'x.c', system: '' });
  file.function(8, '', { system: '_ZN3fooEv' });
  file.location(11, [], { mapping: 1, address: 0x1010 });
  file.location(12, [], { mapping: 1, address: 0x1020 });
  file.location(13, [], { mapping: 2, address: 0x3010 });
  file.location(14, [], { mapping: 3, address: 0x5010 });
  file.location(15, [], { mapping: 4, address: 0x9990 });
  file.location(16, [], { address: 0x9999 });
  file.location(17, [{ function: 7, line: 3 }], { mapping: 1, address: 0x1030 });
  file.location(18, [{ function: 8 }], { mapping: 1 });
  // Mapping 77 is not there.
  file.location(19, [], { mapping: 77, address: 0x7770 });
  for (let id = 11; id <= 19; id++) file.sample({ stack: [id, 11, 1], values: [id] });
  file.sample({ stack: [], values: [1000] });
  return file.bytes();
}

function wide(): Uint8Array {
  const file = new PprofFile().type('small', 'count').type('exact', 'bytes').type('rounded', 'bytes');
  const ids = [2n ** 64n - 1n, 2n ** 53n + 1n, 2n ** 53n + 2n, 0x7f00_0000_1000n];
  for (const [i, id] of ids.entries()) {
    file.function(id, `f${i}`);
    file.location(id, [{ function: id }], { address: id });
  }
  file.sample({ stack: [ids[1]!, ids[0]!], values: [1, 2n ** 53n + 1n, 2n ** 62n] });
  file.sample({ stack: [ids[2]!, ids[0]!], values: [-3, 2n ** 53n + 3n, 2n ** 62n] });
  file.sample({ stack: [ids[3]!], values: [4, -(2n ** 60n), 1] });
  return file.bytes({ 10: 2n ** 53n + 1n });
}

/** malloc is left out, with what it calls; but not where it is the root, and not what keep_frames matches. */
function droppable(drop: string, keep: string): Uint8Array {
  const file = new PprofFile().type('space', 'bytes');
  file.functions('main', 'work', 'malloc', 'sysmalloc', 'malloc_hook', '.free(void*)');
  // Inlined: malloc into work; work into malloc.
  file.location(7, [{ function: 3 }, { function: 2, line: 22 }]);
  file.location(8, [{ function: 2, line: 23 }, { function: 3 }]);
  file.sample({ stack: [2, 1], values: [1] });
  file.sample({ stack: [4, 3, 2, 1], values: [2] });
  file.sample({ stack: [2, 3], values: [4] });
  file.sample({ stack: [4, 7, 1], values: [8] });
  file.sample({ stack: [4, 8, 1], values: [16] });
  file.sample({ stack: [4, 5, 2, 1], values: [32] });
  file.sample({ stack: [6, 2, 1], values: [64] });
  file.sample({ stack: [7], values: [128] });
  return file.bytes({ 7: file.string(drop), 8: file.string(keep) });
}

function unknownFields(): Uint8Array {
  const file = new PprofFile().type('samples', 'count').functions('main');
  file.sample({ stack: [1], values: [1] });
  for (const { field, message } of [...file.parts]) {
    if (field !== 1) message.int(90, 5).put(91, 'later').raw([0xe5, 5, 1, 2, 3, 4]);
  }
  return file.add(99, new Message()).bytes();
}

const noSamples = (): Uint8Array => new PprofFile().type('samples', 'count').functions('main').bytes();

function cutOff(): Uint8Array {
  const bytes = lines();
  return bytes.subarray(0, bytes.length - 60);
}

export const pprofCases: Record<string, Uint8Array> = {
  labels: labels(),
  lines: lines(),
  nameless: nameless(),
  wide: wide(),
  'drop-frames': droppable('.*malloc.*|free', 'malloc_hook'),
  'bad-drop-frames': droppable('malloc(?i', ''),
  'unknown-fields': unknownFields(),
  'no-samples': noSamples(),
  'cut-off': cutOff(),
};
