/** The tree of a snapshot: `n2: 4283 0x1091CE: add (shop.c:7)`, indented by depth; `n2` = two callers follow. */
import {
  CallTree,
  Float64List,
  Int32List,
  type LineReader,
  type Meta,
  type Metric,
  type Profile,
  ProfileBuilder,
  type Source,
  summed,
} from '../../../src/plugin.ts';
import { valgrindFrame } from '../valgrind-frames.ts';

const LINE = /^( *)n(\d{1,9}): (\d{1,15}) (.*)$/s;
const BELOW = /^in \d+ places?, (?:below massif's threshold|all below massif's threshold)/;
/** The root of a tree, which stands for no function: functions that allocate. */
const ROOT = /^\(/;
/** The root of what Valgrind's other tools write, one tree for each thing that they measure. */
const MEASURE = /^(\w+) : (.+)$/s;
/** What Massif itself measures. */
export const HEAP: Metric = { name: 'heap', unit: 'bytes' };
const REST = "(below massif's threshold)";

/** A line whose callers are being read. */
interface Open {
  frame: number;
  value: number;
  callers: number;
  /** How many callers are still to come, and what those so far hold. */
  left: number;
  sum: number;
}

export class HeapTree {
  readonly #builder = new ProfileBuilder([]);
  readonly #lines: LineReader;
  readonly #source: Source;
  /** Whether anybody wants its profile. */
  readonly #isKept: boolean;
  /** From the functions that allocate to the outermost caller so far. */
  readonly #path: Open[] = [];
  readonly #tree = new CallTree();
  readonly #node = new Int32List();
  readonly #value = new Float64List();
  total = 0;
  /** What the tree measures. */
  metric: Metric = HEAP;

  constructor(lines: LineReader, source: Source, isKept: boolean) {
    this.#lines = lines;
    this.#source = source;
    this.#isKept = isKept;
  }

  /** Reads the lines that follow, as many as the tree says. */
  read(): void {
    do {
      if (!this.#lines.next())
        this.#source.fail(
          'truncated',
          'the file ends within a tree',
          this.#path.length > 0 ? this.#lines.place() : undefined,
        );
      this.#readLine();
    } while (this.#path.length > 0);
  }

  #readLine(): void {
    const [, indent = '', callers = '', value = '', text = ''] = LINE.exec(this.#lines.text()) ?? [];
    if (value === '' || indent.length !== this.#path.length)
      this.#source.fail('bad-tree', 'expected a line of a tree', this.#lines.place());
    const isRoot = this.#path.length === 0;
    const open: Open = {
      frame: -1,
      value: Number(value),
      callers: Number(callers),
      left: Number(callers),
      sum: 0,
    };
    if (isRoot) this.total = open.value;
    else this.#path.at(-1)!.sum += open.value;
    const measure = isRoot ? MEASURE.exec(text) : null;
    if (measure) this.metric = metricOf(measure[1]!, measure[2]!);
    // The functions that allocate are told as one, which calls nobody and is called by all.
    if (this.#isKept && !measure && !(isRoot && ROOT.test(text) && open.left > 0))
      open.frame = BELOW.test(text) ? this.#rest() : valgrindFrame(this.#builder, text);
    this.#path.push(open);
    if (open.left === 0) this.#add(open.value);
    this.#close();
  }

  #rest(): number {
    return this.#builder.frame(this.#builder.function(REST));
  }

  /** Leaves the lines whose callers are complete. */
  #close(): void {
    const path = this.#path;
    while (path.length > 0 && path.at(-1)!.left === 0) {
      const { value, sum, callers } = path.at(-1)!;
      if (callers > 0 && sum !== value) {
        const message = `a line holds ${value} bytes, but its callers ${sum}`;
        this.#source.warn('callers-differ', message, this.#lines.place());
        this.#add(value - sum);
      }
      path.pop();
      if (path.length > 0) path.at(-1)!.left--;
    }
  }

  /** Adds to the stack of the path, which leads from the leaf to the root. */
  #add(value: number): void {
    if (!this.#isKept) return;
    let node = -1;
    for (let i = this.#path.length - 1; i >= 0; i--) {
      const { frame } = this.#path[i]!;
      if (frame >= 0) node = this.#tree.child(node, frame);
    }
    if (node < 0) node = this.#tree.child(-1, this.#rest());
    this.#node.push(node);
    this.#value.push(value);
  }

  profile(meta: Meta): Profile {
    this.#builder.meta = meta;
    this.#builder.metrics.push(this.metric);
    const { length, frame, parent } = this.#tree;
    return this.#builder.tree({
      frame: frame.subarray(0, length),
      parent: parent.subarray(0, length),
      self: [summed([this.#value.trimmed()], [this.#node.trimmed()], length)],
    });
  }
}

function metricOf(name: string, title: string): Metric {
  return { name, unit: name.endsWith('Bk') ? 'count' : 'bytes', title };
}
