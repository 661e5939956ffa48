/** Reads the files of the archive: symbols, then stacks with their times. */
import {
  bytesInput,
  CallTree,
  ExactSums,
  Float64List,
  Int32List,
  Interner,
  LineReader,
  type Metric,
  type Profile,
  ProfileBuilder,
  type Source,
} from '../../../src/plugin.ts';
import { LeafFirst } from '../leaf-first.ts';
import { Pairs } from '../pairs.ts';
import { Symbols } from './symbols.ts';

const TAB = 9;
const SPACE = 32;
const TIME: Metric = { name: 'time', unit: 'seconds' };
const SAMPLES: Metric = { name: 'samples', unit: 'samples' };
const FILES = ['symbols.txt', 'callstacks.txt', 'stats.txt', 'threads.txt'] as const;
type FileName = (typeof FILES)[number];

export class Reader {
  readonly #source: Source;
  readonly #builder: ProfileBuilder;
  readonly #symbols: Symbols;
  readonly #pairs: Pairs | undefined;
  readonly #tree = new CallTree();
  readonly #stack = new LeafFirst((node, frame) => this.#tree.child(node, frame));
  /** Symbol ids, and their frames. */
  readonly #ids = new Interner();
  readonly #frames = new Int32List();
  readonly #nodes = new Int32List();
  readonly #times = new Float64List();
  readonly #labels = new Int32List();
  readonly #threads = new Map<string, string>();
  #lines = new LineReader(bytesInput(new Uint8Array()), '');
  /** Where the next word of the line is looked for. */
  #at = 0;

  constructor(source: Source, pairs: boolean) {
    this.#source = source;
    this.#pairs = pairs ? new Pairs() : undefined;
    this.#builder = new ProfileBuilder([pairs ? SAMPLES : TIME]);
    this.#symbols = new Symbols(this.#builder, pairs);
  }

  async read(): Promise<Profile> {
    const source: Source = this.#source;
    const fileOf = (name: string) => FILES.find((file) => file === name.toLowerCase());
    const found = await source.files((name) => fileOf(name) !== undefined);
    const files = new Map<FileName, LineReader>();
    for (const [name, bytes] of found)
      files.set(fileOf(name)!, new LineReader(bytesInput(bytes), source.name));
    const symbols = files.get('symbols.txt');
    const stacks = files.get('callstacks.txt');
    if (!symbols || !stacks) {
      const what = symbols ? 'Callstacks.txt' : 'Symbols.txt';
      source.fail('no-capture', `the archive has no ${what}`, undefined, 'is it a capture of Very Sleepy?');
    }
    this.#symbols.read(symbols, source, 'Symbols.txt');
    this.#readThreads(files.get('threads.txt'));
    this.#readStats(files.get('stats.txt'));
    this.#readStacks(stacks);
    return this.#pairs ? this.#callGraph(this.#pairs) : this.#profile();
  }

  /** An id on a line, a name on the next. */
  #readThreads(lines: LineReader | undefined): void {
    while (lines?.next()) {
      const id = lines.text().trim();
      if (lines.next()) this.#threads.set(id, lines.text().trim());
    }
  }

  #readStats(lines: LineReader | undefined): void {
    const { meta } = this.#builder;
    while (lines?.next()) {
      const [, key, value] = /^(\w+):\s*(.*\S)/.exec(lines.text()) ?? [];
      if (key === 'Filename') meta.command = value!;
      else if (key === 'Duration' && Number(value) > 0) meta.duration = Number(value) * 1e9;
      else if (key !== undefined) meta.comments = [...(meta.comments ?? []), `${key}: ${value}`];
    }
  }

  /** `0.065 sym15 sym18`, leaf first; or the symbols alone, and below them a thread and its time, or several. */
  #readStacks(lines: LineReader): void {
    this.#lines = lines;
    let node = -1;
    while (lines.next()) {
      this.#at = lines.start;
      if (!this.#findWord()) continue;
      if (this.#isAddress()) node = this.#readStack();
      else if (node >= 0) this.#readTimes(node);
      else this.#readTimedStack();
    }
  }

  #readTimedStack(): void {
    const time = Number(this.#word());
    const node = this.#readStack();
    if (node < 0 || !Number.isFinite(time))
      this.#warn('bad-stack', 'a line is no stack with its time, and left out');
    else this.#add(node, time, -1);
  }

  #readTimes(node: number): void {
    while (this.#findWord()) {
      const thread = this.#word();
      const time = this.#findWord() ? Number(this.#word()) : Number.NaN;
      if (!Number.isFinite(time)) {
        this.#warn('bad-stack', 'a line is no stack with its time, and left out');
        return;
      }
      const value = this.#threads.get(thread) ?? thread;
      this.#add(node, time, this.#builder.labels([{ key: 'thread', value }]));
    }
  }

  #add(node: number, time: number, labels: number): void {
    this.#nodes.push(node);
    this.#times.push(time);
    this.#labels.push(labels);
  }

  /** The node of the rest of the line, or -1 if there is none. */
  #readStack(): number {
    const { bytes, view } = this.#lines;
    while (this.#findWord()) {
      const end = this.#wordEnd();
      const id = this.#ids.intern(bytes, view, this.#at, end);
      if (id === this.#frames.length)
        this.#frames.push(this.#symbols.frame(this.#ids.text(id), this.#source));
      this.#stack.push(this.#frames.array[id]!);
      this.#at = end;
    }
    return this.#stack.depth === 0 ? -1 : this.#stack.take();
  }

  /** Goes to the next word; whether there is one. */
  #findWord(): boolean {
    const { bytes, end } = this.#lines;
    while (this.#at < end && (bytes[this.#at] === SPACE || bytes[this.#at] === TAB)) this.#at++;
    return this.#at < end;
  }

  #wordEnd(): number {
    const { bytes, end } = this.#lines;
    let at = this.#at;
    while (at < end && bytes[at] !== SPACE && bytes[at] !== TAB) at++;
    return at;
  }

  /** The word, which is then behind. */
  #word(): string {
    const end = this.#wordEnd();
    const text = this.#lines.text(this.#at, end);
    this.#at = end;
    return text;
  }

  /** Whether the word begins as an address does. */
  #isAddress(): boolean {
    const { bytes } = this.#lines;
    return bytes[this.#at] === 0x30 && (bytes[this.#at + 1]! | 0x20) === 0x78;
  }

  #warn(code: string, message: string): void {
    this.#source.warn(code, message, { ...this.#lines.place(), path: 'Callstacks.txt' });
  }

  #callGraph(pairs: Pairs): Profile {
    const { frame, parent } = this.#tree;
    for (let i = 0; i < this.#nodes.length; i++) {
      const stack: number[] = [];
      for (let node = this.#nodes.array[i]!; node >= 0; node = parent[node]!) stack.push(frame[node]!);
      pairs.addStack(stack, this.#times.array[i]!);
    }
    for (const unused of this.#symbols.unused()) pairs.addFunction(unused, 0, 0);
    return pairs.profile(this.#builder);
  }

  #profile(): Profile {
    const node = this.#nodes.trimmed();
    const values = this.#times.trimmed();
    const labels = this.#labels.trimmed();
    for (const frame of this.#symbols.unused()) this.#tree.child(-1, frame);
    const { length, frame, parent } = this.#tree;
    if (length === 0) this.#source.fail('no-stacks', 'the capture holds neither stacks nor symbols');
    const sums = new ExactSums(length);
    for (let i = 0; i < node.length; i++) sums.add(node[i]!, values[i]!);
    const columns = {
      frame: frame.subarray(0, length),
      parent: parent.subarray(0, length),
      self: [sums.column(length)],
    };
    const samples = { length: node.length, node, values: [values], labels };
    return this.#builder.tree(columns, labels.some((label) => label >= 0) ? { samples } : {});
  }
}
