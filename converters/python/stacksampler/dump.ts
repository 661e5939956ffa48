/** A dump of stackcollector's database: `stack<TAB>host:port:time:count host:port:time:count …`. */
import {
  Float64List,
  findByte,
  Int32List,
  Interner,
  type LineReader,
  type Profile,
  ProfileBuilder,
  type Source,
  StackTree,
} from '../../../src/plugin.ts';
import { nodesOf, SAMPLES } from '../stack-lines.ts';
import { frameReader } from './frames.ts';

/** A collected text: the server it came from, and when, in seconds since 1970. */
const BATCH = /^(.+):(\d{1,15}):(\d{1,15})$/s;
const TAB = 9;
const SPACE = 32;
const COLON = 58;
const ZERO = 48;
const MAX_DIGITS = 15;

export function readDump(source: Source): Profile {
  return new DumpReader(source).read();
}

class DumpReader {
  readonly #source: Source;
  readonly #lines: LineReader;
  readonly #builder = new ProfileBuilder([SAMPLES]);
  readonly #tree: StackTree;
  readonly #batches = new Interner();
  /** Labels by batch, -1 = it is not of the form. */
  readonly #labelsOf = new Int32List();
  readonly #nodes = new Int32List();
  readonly #counts = new Float64List();
  readonly #labels = new Int32List();

  constructor(source: Source) {
    this.#source = source;
    this.#lines = source.lines();
    this.#tree = new StackTree(1, source.size, frameReader(this.#builder));
  }

  read(): Profile {
    const lines = this.#lines;
    while (lines.next()) {
      const { bytes, view, start, end } = lines;
      if (end === start) continue;
      const tab = findByte(bytes, view, start, end, TAB);
      if (tab === end) {
        this.#source.warn('no-entries', 'a line without a tab is left out', lines.place());
        continue;
      }
      const node = this.#tree.node(lines, start, tab);
      for (let at = tab + 1; at < end; ) {
        const to = findByte(bytes, view, at, end, SPACE);
        if (to > at) this.#entry(node, at, to);
        at = to + 1;
      }
    }
    if (this.#nodes.length === 0) {
      const hint = 'a text begins with `elapsed 12.5`; a dump is `stack<TAB>host:port:time:count`';
      this.#source.fail('no-stacks', 'there is no count in it', undefined, hint);
    }
    const columns = nodesOf(this.#tree, this.#source);
    const samples = {
      length: this.#nodes.length,
      node: this.#nodes.trimmed(),
      values: [this.#counts.trimmed()],
      labels: this.#labels.trimmed(),
    };
    return this.#builder.tree(columns, { samples });
  }

  #entry(node: number, start: number, end: number): void {
    const { bytes, view } = this.#lines;
    let at = end;
    let count = 0;
    for (let scale = 1; at > start && end - at < MAX_DIGITS; scale *= 10) {
      const digit = bytes[at - 1]! - ZERO;
      if (digit < 0 || digit > 9) break;
      count += digit * scale;
      at--;
    }
    const whole = at < end && at > start && bytes[at - 1] === COLON;
    const labels = whole ? this.#labelsAt(this.#batches.intern(bytes, view, start, at - 1)) : -1;
    if (labels < 0) {
      const message = 'an entry that is not host:port:time:count is left out';
      this.#source.warn('bad-entry', message, this.#lines.place(start));
      return;
    }
    this.#tree.add(node, 0, count);
    this.#nodes.push(node);
    this.#counts.push(count);
    this.#labels.push(labels);
  }

  #labelsAt(batch: number): number {
    if (batch < this.#labelsOf.length) return this.#labelsOf.array[batch]!;
    const match = BATCH.exec(this.#batches.text(batch));
    const labels = match
      ? this.#builder.labels([
          { key: 'host', value: match[1]! },
          { key: 'port', value: Number(match[2]) },
          { key: 'time', value: Number(match[3]), unit: 'seconds' },
        ])
      : -1;
    this.#labelsOf.push(labels);
    return labels;
  }
}
