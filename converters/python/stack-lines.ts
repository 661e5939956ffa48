/** Lines `main;parse;read 42`, as Python's sampling profilers write them: a stack, root first, and its count. */
import {
  type LineReader,
  type Source,
  type StackTree,
  TrailingCount,
  type TreeColumns,
  trimmedEnd,
} from '../../src/plugin.ts';

/** What counts are called. */
export const SAMPLES = { name: 'samples', unit: 'samples' };

export class StackLines {
  readonly reader: LineReader;
  /** The stack of the current line is `reader.bytes[start … end]`. */
  start = 0;
  end = 0;
  count = 0;
  readonly #source: Source;
  readonly #trailing = new TrailingCount();
  #lines = 0;

  constructor(source: Source) {
    this.#source = source;
    this.reader = source.lines();
  }

  /** Goes to the next line that has a count, and tells of those that have none; false behind the last one. */
  next(): boolean {
    const { reader } = this;
    while (reader.next()) {
      const { bytes, start } = reader;
      const end = trimmedEnd(bytes, start, reader.end);
      if (end === start) continue;
      if (!this.#trailing.read(bytes, start, end)) {
        this.#source.warn('no-count', 'a line without a count at its end is left out', reader.place());
        continue;
      }
      this.start = start;
      this.end = this.#trailing.textEnd;
      this.count = this.#trailing.value;
      this.#lines++;
      return true;
    }
    if (this.#lines > 0) return false;
    const hint = 'a line reads `main;parse;read 42`';
    this.#source.fail('no-stacks', 'no line ends in a count', undefined, hint);
  }

  /** Adds the lines that are left to a tree of one metric: their counts. An empty stack is the frame ''. */
  addTo(tree: StackTree): void {
    for (;;) {
      this.#lines += tree.takePlain(this.reader);
      if (!this.next()) return;
      tree.add(tree.node(this.reader, this.start, this.end), 0, this.count);
    }
  }
}

/** The nodes of a tree; tells if a count has become too large to be exact. */
export function nodesOf(tree: StackTree, source: Source): Pick<TreeColumns, 'frame' | 'parent' | 'self'> {
  const { rounded, ...columns } = tree.columns();
  if (rounded) source.warn('inexact-count', 'counts beyond 2^63 are rounded');
  return columns;
}
