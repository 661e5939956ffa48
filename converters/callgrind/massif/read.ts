/** Reads the snapshots: figures, and the tree of those that have one, of which one is kept. */
import type { LineReader, Meta, Place, Profile, Source } from '../../../src/plugin.ts';
import type { MassifOptions } from '../massif.ts';
import { HEAP, HeapTree } from './tree.ts';

const HEADER = /^(desc|cmd|time_unit): ?(.*)$/s;
const FIGURE = /^(snapshot|time|mem_heap_B|mem_heap_extra_B|mem_stacks_B|heap_tree)=(.*)$/s;
/** What stands in front of snapshots, and in no command. */
const RULE = '#-----------';
const NUMBER = /^\d{1,15}(?:\.\d{1,9})?$/;

/** A snapshot without its tree. */
interface Snapshot {
  number: number;
  heap: number;
  extra: number;
  stacks: number;
  tree: string;
  place: Place;
}

export class MassifReader {
  readonly #source: Source;
  readonly #lines: LineReader;
  readonly #wanted: string;
  readonly #meta: Meta = { producer: 'Massif' };
  /** Numbers of the snapshots that have a tree. */
  readonly #detailed: number[] = [];
  /** Whether lines belong to the command, which may have several. */
  #isCommand = false;
  /** Whether no snapshot holds anything of the heap. */
  #isEmpty = true;
  #current: Snapshot | undefined;
  #chosen: { snapshot: Snapshot; tree: HeapTree } | undefined;

  constructor(source: Source, { snapshot }: MassifOptions) {
    this.#source = source;
    this.#lines = source.lines();
    this.#wanted = snapshot;
    if (!/^(?:peak|last|\d{1,9})$/.test(snapshot))
      source.fail(
        'bad-snapshot',
        `--massif.snapshot is peak, last or a number, not ${JSON.stringify(snapshot)}`,
      );
  }

  /** Throws `ProfileError`. */
  read(): Profile {
    const lines = this.#lines;
    while (lines.next()) {
      const text = lines.text();
      if (this.#isCommand && this.#command(text)) continue;
      const figure = FIGURE.exec(text);
      const header = figure ? null : HEADER.exec(text);
      if (figure) this.#figure(figure[1]!, figure[2]!);
      else if (header) this.#header(header[1]!, header[2]!);
      else if (text.trim() !== '' && !text.startsWith('#'))
        this.#source.fail('bad-line', 'a line that Massif does not write', lines.place());
    }
    const { snapshot, tree } = this.#choice();
    if (tree.total !== snapshot.heap) {
      const message = `the tree holds ${tree.total} bytes, but the snapshot ${snapshot.heap}`;
      this.#source.warn('totals-differ', message, snapshot.place);
    }
    const beside = snapshot.extra + snapshot.stacks;
    if (beside > 0)
      this.#source.note(
        'not-in-tree',
        `no stack is known of ${snapshot.extra} bytes around the blocks, and of ${snapshot.stacks} of stacks`,
      );
    const others = this.#detailed.length - 1;
    if (tree.metric !== HEAP && others > 0)
      this.#source.note(
        'other-measures',
        `only ${tree.metric.name} is read: snapshots that measure something else are left out: ${others}`,
        undefined,
        `--massif.snapshot chooses another: ${this.#detailed.slice(0, 50).join(', ')}`,
      );
    return tree.profile(this.#meta);
  }

  /** Whether a line goes on with the command. */
  #command(text: string): boolean {
    this.#isCommand = text !== RULE && !text.startsWith('time_unit: ');
    if (this.#isCommand) this.#meta.command += `\n${text}`;
    return this.#isCommand;
  }

  #choice(): { snapshot: Snapshot; tree: HeapTree } {
    if (this.#chosen) return this.#chosen;
    const source = this.#source;
    if (this.#detailed.length === 0) {
      const hint = this.#isEmpty
        ? 'nothing was on the heap when they were made; was it left out with --heap=no?'
        : 'was the program too short? valgrind --tool=massif --detailed-freq=1 makes a tree of each snapshot';
      source.fail('no-tree', 'no snapshot has a tree of stacks', undefined, hint);
    }
    const hint = `trees have the snapshots ${this.#detailed.slice(0, 50).join(', ')}`;
    return source.fail('no-snapshot', `there is no snapshot ${this.#wanted} with a tree`, undefined, hint);
  }

  #header(key: string, value: string): void {
    if (key === 'cmd') {
      this.#meta.command = value;
      this.#isCommand = true;
    } else if (key === 'desc' && value !== '' && value !== '(none)') this.#meta.comments = [value];
  }

  #figure(key: string, value: string): void {
    if (key === 'snapshot') {
      const place = this.#lines.place();
      this.#current = { number: this.#number(value), heap: 0, extra: 0, stacks: 0, tree: '', place };
      return;
    }
    const current = this.#current;
    if (!current) this.#source.fail('bad-line', 'a figure outside of a snapshot', this.#lines.place());
    if (key === 'mem_heap_B') {
      current.heap = this.#number(value);
      if (current.heap > 0) this.#isEmpty = false;
    } else if (key === 'mem_heap_extra_B') current.extra = this.#number(value);
    else if (key === 'mem_stacks_B') current.stacks = this.#number(value);
    else if (key === 'heap_tree') this.#tree(current, value);
  }

  #tree(snapshot: Snapshot, kind: string): void {
    snapshot.tree = kind;
    if (kind === 'empty') return;
    this.#detailed.push(snapshot.number);
    const tree = new HeapTree(this.#lines, this.#source, this.#isWanted(snapshot));
    tree.read();
    // Of several things that are measured it is the first.
    const isOther = this.#wanted === 'peak' && tree.metric !== HEAP && this.#chosen !== undefined;
    if (this.#isWanted(snapshot) && !isOther) this.#chosen = { snapshot, tree };
  }

  /** Whether it is the one, as far as is known. Where there is no peak, it is the last that has a tree. */
  #isWanted({ number, tree }: Snapshot): boolean {
    if (this.#wanted === 'last') return true;
    if (this.#wanted === 'peak') return tree === 'peak' || this.#chosen?.snapshot.tree !== 'peak';
    return number === Number(this.#wanted);
  }

  #number(text: string): number {
    if (NUMBER.test(text)) return Number(text);
    return this.#source.fail(
      'bad-number',
      `expected a number, got ${JSON.stringify(text.slice(0, 60))}`,
      this.#lines.place(),
    );
  }
}
