/** What remains of stacks when only callers and callees are looked at, as gprof2dot does. */
import { Float64List, Int32List, type Profile, type ProfileBuilder } from '../../src/plugin.ts';

/** A call graph that is added up. Frames are functions of the builder. */
export class Pairs {
  readonly #self = new Float64List();
  readonly #total = new Float64List();
  /** The stack in which a function was last met; 0 = none. */
  readonly #met = new Int32List();
  readonly #arcs = new Map<string, number>();
  readonly #caller = new Int32List();
  readonly #callee = new Int32List();
  readonly #arcTotal = new Float64List();
  #stacks = 0;

  /** `stack`: leaf first. `arcValue`: what its arcs get, if that is not what the leaf gets. */
  addStack(stack: readonly number[], value: number, arcValue: number = value): void {
    this.#stacks++;
    for (const [i, frame] of stack.entries()) {
      this.addFunction(frame, i === 0 ? value : 0, 0);
      if (i > 0) this.addArc(frame, stack[i - 1]!, arcValue);
      if (this.#met.array[frame] === this.#stacks) continue;
      this.#met.array[frame] = this.#stacks;
      this.#total.array[frame]! += value;
    }
  }

  addFunction(frame: number, self: number, total: number): void {
    while (this.#self.length <= frame) for (const list of [this.#self, this.#total, this.#met]) list.push(0);
    this.#self.array[frame]! += self;
    this.#total.array[frame]! += total;
  }

  addArc(caller: number, callee: number, value: number): void {
    const key = `${caller} ${callee}`;
    let arc = this.#arcs.get(key);
    if (arc === undefined) {
      this.#arcs.set(key, (arc = this.#caller.length));
      this.#caller.push(caller);
      this.#callee.push(callee);
      this.#arcTotal.push(0);
    }
    this.#arcTotal.array[arc]! += value;
  }

  /** `calls`: of every arc; NaN = not counted. */
  profile(builder: ProfileBuilder, calls: number = Number.NaN): Profile {
    const { length } = this.#caller;
    const frame = Int32Array.from({ length: this.#self.length }, (_, f) => f);
    return builder.graph(
      { frame, self: [this.#self.trimmed()], total: [this.#total.trimmed()] },
      {
        length,
        caller: this.#caller.trimmed(),
        callee: this.#callee.trimmed(),
        line: new Int32Array(length),
        calls: new Float64Array(length).fill(calls),
        total: [this.#arcTotal.trimmed()],
        counts: 'every',
      },
    );
  }
}
