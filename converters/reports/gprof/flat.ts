/** The flat profile: a line for each function, with its self, and with calls and time per call if it was counted. */
import {
  type LineReader,
  type Metric,
  type Profile,
  ProfileBuilder,
  type Source,
  sumOf,
  trimmedEnd,
} from '../../../src/plugin.ts';
import { ColumnScanner } from '../column-scanner.ts';

/** Seconds in what one call took. */
const PER_CALL: Record<string, number> = { s: 1, ms: 1e-3, us: 1e-6, µs: 1e-6, ns: 1e-9, ps: 1e-12 };

export class FlatProfile {
  readonly name: string[] = [];
  readonly self: number[] = [];
  readonly #calls: number[] = [];
  /** What a call took, in the unit of the table's heading. */
  readonly #perCall: number[] = [];
  /** Seconds; NaN = not stated. */
  #perCallUnit = Number.NaN;
  readonly #scanner = new ColumnScanner();

  /** Reads the second line of the heading: `time   seconds   seconds    calls  ms/call  ms/call  name`. */
  readUnits(line: string): void {
    const unit = /\s(\S+)\/call\s+name/.exec(line)?.[1];
    if (unit !== undefined) this.#perCallUnit = PER_CALL[unit] ?? Number.NaN;
  }

  /** Whether the current line is a row, which is then added. */
  readRow({ bytes, start, end }: LineReader, text: (from: number, to: number) => string): boolean {
    const scanner = this.#scanner;
    const textEnd = trimmedEnd(bytes, start, end);
    scanner.start(bytes, start, textEnd);
    if (!scanner.decimal() || !scanner.decimal() || !scanner.decimal()) return false;
    const self = scanner.value;
    let calls = Number.NaN;
    let perCall = Number.NaN;
    const before = scanner.at;
    if (scanner.count()) {
      calls = scanner.value;
      if (scanner.decimal() && scanner.decimal()) perCall = scanner.value;
    } else {
      scanner.at = before;
    }
    scanner.skipBlanks();
    if (scanner.at >= textEnd) return false;
    this.name.push(text(scanner.at, textEnd).replace(/ \[\d+\]$/, ''));
    this.self.push(self);
    this.#calls.push(calls);
    this.#perCall.push(perCall);
    return true;
  }

  profile(source: Source, metric: Metric, scale: number): Profile {
    const builder = new ProfileBuilder([metric]);
    const self = Float64Array.from(this.self, (value) => value * scale);
    const sum = Number(sumOf(self));
    const total = self.slice();
    const seen = new Map<string, number>();
    for (const [f, name] of this.name.entries()) {
      const same = seen.get(name) ?? 0;
      seen.set(name, same + 1);
      builder.addFrame(builder.addFunction(name, same > 0 ? { id: `${name}#${same + 1}` } : {}));
      if (Number.isNaN(this.#calls[f]!)) continue;
      builder.addCalls(f, this.#calls[f]!);
      const taken = this.#calls[f]! * this.#perCall[f]! * this.#perCallUnit;
      if (taken > total[f]!) total[f] = Math.min(taken, sum);
    }
    source.note(
      'flat-totals',
      'there is no call graph: totals are calls times the rounded time per call, or self where calls were not counted',
    );
    return builder.flat({ frame: Int32Array.from(self.keys()), self: [self], total: [total] });
  }
}
