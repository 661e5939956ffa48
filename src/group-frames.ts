/** What frames are counted together: by function, file, package, … The groups are functions of a new profile. */
import { ProfileBuilder } from './builder.ts';
import { Int32List } from './columns.ts';
import { packageOfCode } from './packages.ts';
import type { Profile } from './profile.ts';

/** What a node of a call graph stands for; plurals are pprof's words and have its meaning. */
export const GRANULARITIES = [
  'function',
  'name',
  'file',
  'package',
  'mapping',
  'line',
  'address',
  'functions',
  'filefunctions',
  'files',
  'packages',
  'modules',
  'lines',
  'addresses',
] as const;

export type Granularity = (typeof GRANULARITIES)[number];

/** The group of each frame; groups are functions of a new builder. */
export interface Groups {
  builder: ProfileBuilder;
  /** Function of the builder by frame of the profile. */
  of: Int32Array;
  /** Mapping of each group: that of its first frame which has one, or -1. */
  mapping: Int32Array;
  /** Address of each group, where groups are addresses. */
  address?: BigUint64Array;
}

/** The groups, beside functions themselves, under which calls of functions may be added up. */
const COUNTED: Granularity[] = ['name', 'functions', 'filefunctions'];

export function groupFrames(profile: Profile, by: Granularity): Groups {
  const { functions, frames, mappings } = profile;
  const builder = new ProfileBuilder(profile.metrics);
  // What belongs to functions is not that of other groups.
  const { raw, ...meta } = profile.meta;
  builder.meta = by === 'function' ? profile.meta : meta;
  for (const m of mappings) builder.mapping(m.name, m);
  for (const file of profile.files) builder.fileIndex(file);
  const of = by === 'function' ? groupByFunction(profile, builder) : groupByRule(profile, builder, by);
  if (functions.calls && COUNTED.includes(by)) addCalls(profile, builder, of);
  const mapping = new Int32Array(builder.functionCount).fill(-1);
  for (let frame = 0; frame < frames.length; frame++) {
    const group = of[frame]!;
    if (mapping[group] === -1) mapping[group] = frames.mapping[frame]!;
  }
  const { address } = frames;
  if (!address || !(by === 'address' || by === 'addresses')) return { builder, of, mapping };
  const addresses = new BigUint64Array(builder.functionCount);
  for (let frame = 0; frame < frames.length; frame++) addresses[of[frame]!] = address[frame]!;
  return { builder, of, mapping, address: addresses };
}

/** The frames that stand for groups. */
export function addGroupFrames({ builder, mapping, address }: Groups, groups: Int32Array): Int32Array {
  if (!address)
    return builder.addFrames(
      groups,
      groups.map((group) => mapping[group]!),
    );
  return groups.map((group) =>
    builder.addFrame(group, { mapping: mapping[group]!, address: address[group]! }),
  );
}

function groupByFunction({ functions, frames }: Profile, builder: ProfileBuilder): Int32Array {
  const of = new Int32Array(frames.length);
  const order = new Int32List();
  const groupOf = new Int32Array(functions.length).fill(-1);
  for (let frame = 0; frame < of.length; frame++) {
    const func = frames.func[frame]!;
    if (groupOf[func] === -1) {
      groupOf[func] = order.length;
      order.push(func);
    }
    of[frame] = groupOf[func]!;
  }
  builder.addFunctions(functions, order.trimmed());
  return of;
}

function groupByRule(
  profile: Profile,
  builder: ProfileBuilder,
  by: Exclude<Granularity, 'function'>,
): Int32Array {
  const group = new Grouping(profile, builder).rule(by);
  const { frames } = profile;
  const of = new Int32Array(frames.length);
  for (let frame = 0; frame < of.length; frame++) of[frame] = group(frame, frames.func[frame]!);
  return of;
}

class Grouping {
  readonly #profile: Profile;
  readonly #builder: ProfileBuilder;
  readonly #known = new Map<string, number>();

  constructor(profile: Profile, builder: ProfileBuilder) {
    this.#profile = profile;
    this.#builder = builder;
  }

  /** The group of a frame of a function. */
  rule(by: Exclude<Granularity, 'function'>): (frame: number, func: number) => number {
    const { functions, frames, mappings } = this.#profile;
    const { name, file, mapping } = functions;
    const add = (text: string, info: { file?: string; line?: number; mapping?: number }) =>
      this.#builder.addFunction(text, info);
    const imageOf = (frame: number, func: number) =>
      frames.mapping[frame]! >= 0 ? frames.mapping[frame]! : mapping[func]!;
    switch (by) {
      case 'name':
      case 'functions':
        return (_, func) => this.#group(name[func]!, () => add(name[func]!, { mapping: mapping[func]! }));
      case 'filefunctions':
        return (_, func) =>
          this.#group(`${name[func]}\0${file[func]}`, () =>
            add(name[func]!, { file: file[func]!, line: functions.line[func]!, mapping: mapping[func]! }),
          );
      case 'file':
      case 'files':
        return (_, func) =>
          this.#group(file[func]!, () => add(file[func] || '(no file)', { file: file[func]! }));
      case 'mapping':
      case 'modules':
        return (frame, func) => {
          const image = imageOf(frame, func);
          return this.#group(`${image}`, () =>
            add(mappings[image]?.name ?? '(no mapping)', { mapping: image }),
          );
        };
      case 'package':
      case 'packages':
        return (frame, func) => {
          const image = mappings[imageOf(frame, func)]?.name ?? '';
          const text = packageOfCode(name[func]!, file[func]!, image);
          return this.#group(text, () => add(text, {}));
        };
      case 'line':
        return (frame, func) => {
          const line = frames.line[frame]!;
          return this.#group(`${func}:${line}`, () => this.#copy(func, line));
        };
      case 'lines':
        return (frame, func) => {
          const line = frames.line[frame]!;
          return this.#group(`${name[func]}\0${file[func]}\0${line}`, () =>
            add(name[func]!, { file: file[func]!, line, mapping: mapping[func]! }),
          );
        };
      case 'address':
      case 'addresses':
        return (frame, func) => {
          const line = frames.line[frame]!;
          const address = frames.address?.[frame] ?? 0n;
          return this.#group(`${func}:${line} ${address}`, () =>
            this.#copy(func, line, address === 0n ? '' : `0x${address.toString(16)} `),
          );
        };
    }
  }

  #group(key: string, make: () => number): number {
    let index = this.#known.get(key);
    if (index === undefined) this.#known.set(key, (index = make()));
    return index;
  }

  #copy(func: number, line: number, prefix = ''): number {
    const { functions } = this.#profile;
    return this.#builder.addFunction(prefix + functions.name[func]!, {
      systemName: functions.systemName[func]!,
      file: functions.file[func]!,
      line,
      column: functions.column[func]!,
      mapping: functions.mapping[func]!,
      ...(functions.id && { id: functions.id[func]! }),
      ...(functions.process && { process: functions.process[func]! }),
    });
  }
}

function addCalls(profile: Profile, builder: ProfileBuilder, of: Int32Array): void {
  const { functions, frames } = profile;
  const done = new Uint8Array(functions.length);
  for (let frame = 0; frame < frames.length; frame++) {
    const func = frames.func[frame]!;
    const calls = functions.calls![func]!;
    if (done[func] || Number.isNaN(calls)) continue;
    done[func] = 1;
    const primitive = functions.primitiveCalls?.[func] ?? Number.NaN;
    builder.addCalls(of[frame]!, calls, Number.isNaN(primitive) ? undefined : primitive);
  }
}
