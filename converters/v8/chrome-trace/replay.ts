/** The events of a thread, replayed in order of time: what was on its stack, and how long. */
import { type CallTree, Float64List, Int32List } from '../../../src/plugin.ts';
import { COMPLETE, END_OF, type Trace } from './read.ts';

/** Stretches of time in which a stack did not change. */
export interface Stretches {
  node: Int32List;
  thread: Int32List;
  /** Microseconds. */
  from: Float64List;
  value: Float64List;
  /** By node: how often it began. */
  calls: Float64List;
}

/** What did not nest. */
export interface Faults {
  notBegun: number;
  notEnded: number;
  cut: number;
}

/**
 * Replays events of one thread that are in order of time.
 *
 * An end is of the innermost event if that has its name. If not, it may be of one that ends or begins at the same
 * time further on; else it is left out. Events with a duration end by themselves, with all inside of them.
 */
export class Replay {
  readonly #trace: Trace;
  readonly #tree: CallTree;
  readonly #to: Stretches;
  readonly #faults: Faults;
  #thread = 0;
  /** By depth: the node, the number of its event, and when it must have ended, by itself or with one around it. */
  readonly #node = new Int32List();
  readonly #event = new Int32List();
  readonly #limit = new Float64List();
  /** By depth: the innermost level up to there that needs an event to end. */
  readonly #begun = new Int32List();
  #last = 0;
  /** Ends at the present time that wait for what they end, by name. */
  readonly #waiting = new Map<number, number>();

  constructor(trace: Trace, tree: CallTree, to: Stretches, faults: Faults) {
    this.#trace = trace;
    this.#tree = tree;
    this.#to = to;
    this.#faults = faults;
  }

  run(events: Int32Array): void {
    const { kind, thread, time } = this.#trace;
    this.#thread = thread.array[events[0]!]!;
    for (let i = 0; i < events.length; i++) {
      const event = events[i]!;
      const now = time.array[event]!;
      if (i > 0 && now > this.#last) this.#dropWaiting();
      this.#advance(now, kind.array[event] !== END_OF);
      if (kind.array[event] === END_OF) this.#end(event);
      else this.#begin(event, now);
    }
    this.#dropWaiting();
    while (this.#node.length > 0) {
      const limit = this.#limit.array[this.#node.length - 1]!;
      if (limit < Number.POSITIVE_INFINITY) this.#advance(limit, true);
      else {
        this.#faults.notEnded++;
        this.#pop();
      }
    }
  }

  /**
   * Goes to a time; what was over before ends at its own. What one around it ends just then may still be ended by an
   * event of the same time, unless `all` is over.
   */
  #advance(now: number, all: boolean): void {
    for (let top = this.#node.length - 1; top >= 0; top--) {
      const limit = this.#limit.array[top]!;
      const begun = this.#begun.array[top] === top;
      if (limit > now || (begun && limit === now && !all)) break;
      this.#spend(limit);
      if (begun) this.#faults.cut++;
      this.#pop();
    }
    this.#spend(now);
  }

  #spend(now: number): void {
    const depth = this.#node.length;
    if (depth > 0 && now > this.#last) {
      this.#to.node.push(this.#node.array[depth - 1]!);
      this.#to.thread.push(this.#thread);
      this.#to.from.push(this.#last);
      this.#to.value.push(now - this.#last);
    }
    this.#last = now;
  }

  #begin(event: number, now: number): void {
    const { kind, frame, duration, name } = this.#trace;
    const depth = this.#node.length;
    const parent = depth > 0 ? this.#node.array[depth - 1]! : -1;
    const around = depth > 0 ? this.#limit.array[depth - 1]! : Number.POSITIVE_INFINITY;
    const complete = kind.array[event] === COMPLETE;
    const end = complete ? now + duration.array[event]! : Number.POSITIVE_INFINITY;
    if (complete && end > around) this.#faults.cut++;
    const node = this.#tree.child(parent, frame.array[event]!);
    while (this.#to.calls.length <= node) this.#to.calls.push(0);
    this.#to.calls.array[node]!++;
    this.#node.push(node);
    this.#event.push(event);
    this.#limit.push(Math.min(end, around));
    this.#begun.push(complete ? (depth > 0 ? this.#begun.array[depth - 1]! : -1) : depth);
    if (!complete && this.#takeWaiting(name.array[event]!)) this.#pop();
  }

  #end(event: number): void {
    const name = this.#trace.name.array[event]!;
    const level = this.#innermost();
    // An end without a name is of whatever is innermost.
    if (level < 0 || (name >= 0 && this.#nameAt(level) !== name)) {
      this.#waiting.set(name, (this.#waiting.get(name) ?? 0) + 1);
      return;
    }
    this.#endLevel(level);
    // Ends of what is around it may have come before.
    for (
      let next = this.#innermost();
      next >= 0 && this.#takeWaiting(this.#nameAt(next));
      next = this.#innermost()
    )
      this.#endLevel(next);
  }

  /** The innermost level that needs an event to end, or -1. */
  #innermost(): number {
    const depth = this.#node.length;
    return depth === 0 ? -1 : this.#begun.array[depth - 1]!;
  }

  #nameAt(level: number): number {
    return this.#trace.name.array[this.#event.array[level]!]!;
  }

  /** Ends a level, and with it what is inside of it and would have lasted longer. */
  #endLevel(level: number): void {
    for (; this.#node.length > level + 1; this.#faults.cut++) this.#pop();
    this.#pop();
  }

  #takeWaiting(name: number): boolean {
    const count = this.#waiting.get(name);
    if (count === undefined) return false;
    if (count === 1) this.#waiting.delete(name);
    else this.#waiting.set(name, count - 1);
    return true;
  }

  #dropWaiting(): void {
    if (this.#waiting.size === 0) return;
    for (const count of this.#waiting.values()) this.#faults.notBegun += count;
    this.#waiting.clear();
  }

  #pop(): void {
    this.#node.length--;
    this.#event.length--;
    this.#limit.length--;
    this.#begun.length--;
  }
}
