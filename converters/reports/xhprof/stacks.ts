/** What the sampling mode writes: a stack for each moment, `main()==>total==>price`. */
import {
  CallTree,
  Float64List,
  Int32List,
  type Meta,
  type Profile,
  ProfileBuilder,
  type SampleTable,
  type Source,
} from '../../../src/plugin.ts';
import { ARROW, withoutLevel } from './names.ts';

export class Stacks {
  readonly #builder = new ProfileBuilder([{ name: 'samples', unit: 'samples' }]);
  readonly #source: Source;
  readonly #tree = new CallTree();
  readonly #node = new Int32List();
  /** Seconds since 1970, as they are written. */
  readonly #times: string[] = [];

  constructor(source: Source, meta: Meta) {
    this.#source = source;
    this.#builder.meta = meta;
  }

  get empty(): boolean {
    return this.#node.length === 0;
  }

  add(time: string, stack: string): void {
    let node = -1;
    for (const name of stack.split(ARROW))
      node = this.#tree.child(node, this.#builder.frame(this.#builder.function(withoutLevel(name))));
    this.#node.push(node);
    this.#times.push(time);
  }

  profile(): Profile {
    const { length, frame, parent } = this.#tree;
    const node = this.#node.trimmed();
    const self = new Float64Array(length);
    for (const n of node) self[n]! += 1;
    const samples: SampleTable = {
      length: node.length,
      node,
      values: [new Float64Array(node.length).fill(1)],
      ...this.#timeline(),
    };
    const columns = { frame: frame.subarray(0, length), parent: parent.subarray(0, length), self: [self] };
    return this.#builder.tree(columns, { samples });
  }

  /** When samples were taken, if the keys tell that. */
  #timeline(): { time?: Float64Array } {
    const start = nanoseconds(this.#times[0]!);
    let last = start;
    const time = new Float64List();
    for (const text of this.#times) {
      const at = nanoseconds(text);
      if (at < last || at < 0n) {
        this.#source.warn(
          'bad-time',
          `${JSON.stringify(text)} is no time, or out of order: times are left out`,
        );
        return {};
      }
      time.push(Number(at - start));
      last = at;
    }
    this.#builder.meta.startTime = start;
    return { time: time.trimmed() };
  }
}

/** Nanoseconds since 1970; below 0 = it is no time. */
function nanoseconds(text: string): bigint {
  const [, seconds, fraction = ''] = /^(\d{1,12})(?:\.(\d{1,9}))?$/.exec(text) ?? [];
  return seconds === undefined ? -1n : BigInt(seconds + fraction.padEnd(9, '0'));
}
