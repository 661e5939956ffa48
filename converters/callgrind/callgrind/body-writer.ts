/**
 * The lines of the functions: their self costs, and their calls.
 *
 * KCachegrind binds the id of a function to the object and file that are current where the id is first used.
 * Hence the order ob, fl, fn and cob, cfi, cfn, and an id of its own for each function.
 */
import { arcsOut, type Column, type Profile, type Sink } from '../../../src/plugin.ts';
import { filePath, type NodeNames, UNKNOWN } from './function-names.ts';
import { filesApart, type SelfLines } from './self-lines.ts';
import type { WholeCosts } from './whole-costs.ts';

export const ROOT = '(root)';

export interface Body {
  names: NodeNames;
  /** First line by node. */
  firstLine: Int32Array;
  self: SelfLines;
  /** By metric. */
  costs: WholeCosts[];
}

export class BodyWriter {
  readonly #profile: Profile;
  readonly #body: Body;
  readonly #sink: Sink;
  readonly #objects = new IdTable<string>();
  readonly #files = new IdTable<string>();
  /** By node: functions of one name have ids of their own. */
  readonly #functions = new IdTable<number>();
  readonly #selfCosts: Column[];
  readonly #arcCosts: Column[];
  readonly #arcFile: Int32Array;
  /** The object and file that the lines being written are in. */
  #object: string | undefined;
  #file = '';

  constructor(profile: Profile, body: Body, sink: Sink) {
    this.#profile = profile;
    this.#body = body;
    this.#sink = sink;
    this.#selfCosts = body.costs.map(({ lines }) => lines);
    this.#arcCosts = body.costs.map(({ arcs }) => arcs);
    this.#arcFile = filesApart(profile, profile.arcs!, profile.arcs!.caller);
  }

  /** Writes `(root)` with its calls of `entered`, unless there are none, and then the functions. */
  write(entered: number[]): void {
    const { nodes, arcs } = this.#profile;
    const { self } = this.#body;
    if (entered.length > 0) this.#writeRoot(entered);
    const called = new Uint8Array(nodes.length);
    for (const n of entered) called[n] = 1;
    for (let a = 0; a < arcs!.length; a++) called[arcs!.callee[a]!] = 1;
    const out = arcsOut(arcs!, nodes.length);
    const byPlace = (a: number, b: number) =>
      this.#arcFile[a]! - this.#arcFile[b]! || arcs!.line[a]! - arcs!.line[b]!;
    for (let n = 0; n < nodes.length; n++) {
      const calls = out.arc.subarray(out.start[n], out.start[n + 1]).sort(byPlace);
      const rows: number[] = [];
      for (let row = self.start[n]!; row < self.start[n + 1]!; row++)
        if (!isZero(this.#selfCosts, row)) rows.push(row);
      if (calls.length > 0 || rows.length > 0 || called[n] === 0) this.#writeFunction(n, rows, calls);
    }
  }

  /** The stacks' first functions, called from nowhere. */
  #writeRoot(entered: number[]): void {
    const costs = this.#body.costs.map(({ root }) => root);
    this.#place(this.#body.names.object && '', '');
    this.#sink.write(`fn=${this.#functions.refer(-1, ROOT)}\n`);
    for (const n of entered) this.#writeCall(n, 1, 0, costs, n);
  }

  #writeFunction(n: number, rows: number[], calls: Int32Array): void {
    const { names, firstLine, self } = this.#body;
    const { arcs, files } = this.#profile;
    this.#place(names.object?.[n], names.file[n]!);
    this.#sink.write(`fn=${this.#functions.refer(n, names.name[n]!)}\n`);
    if (rows.length === 0 && calls.length === 0) {
      this.#sink.write(`${firstLine[n]}${' 0'.repeat(this.#selfCosts.length)}\n`);
    }
    let row = 0;
    let call = 0;
    let current = 0;
    while (row < rows.length || call < calls.length) {
      const fileOfRow = row < rows.length ? self.file[rows[row]!]! : Number.POSITIVE_INFINITY;
      const fileOfCall = call < calls.length ? this.#arcFile[calls[call]!]! : Number.POSITIVE_INFINITY;
      const file = Math.min(fileOfRow, fileOfCall);
      if (file !== current) {
        current = file;
        this.#file = filePath(files[file]!);
        this.#sink.write(`fi=${this.#files.refer(this.#file, this.#file)}\n`);
      }
      if (fileOfRow === file) {
        const at = rows[row++]!;
        this.#sink.write(`${self.line[at]}${costText(this.#selfCosts, at)}\n`);
      } else {
        const arc = calls[call++]!;
        const line = arcs!.line[arc]! || (file === 0 ? firstLine[n]! : 0);
        this.#writeCall(arcs!.callee[arc]!, arcs!.calls[arc]!, line, this.#arcCosts, arc);
      }
    }
  }

  #place(object: string | undefined, file: string): void {
    let text = '\n';
    if (object !== undefined && object !== this.#object)
      text += `ob=${this.#objects.refer(object, object)}\n`;
    this.#object = object;
    this.#file = file;
    this.#sink.write(`${text}fl=${this.#files.refer(file, file)}\n`);
  }

  #writeCall(callee: number, calls: number, line: number, costs: Column[], row: number): void {
    const { names, firstLine } = this.#body;
    const object = names.object?.[callee];
    const file = names.file[callee]!;
    let text = object === this.#object ? '' : `cob=${this.#objects.refer(object!, object!)}\n`;
    if (file !== this.#file) text += `cfi=${this.#files.refer(file, file)}\n`;
    text += `cfn=${this.#functions.refer(callee, names.name[callee]!)}\ncalls=${callCount(calls)} ${firstLine[callee]}\n`;
    this.#sink.write(`${text}${line}${costText(costs, row)}\n`);
  }
}

/** A count that readers take for one: after `calls=0`, callgrind_annotate takes the cost for self. */
function callCount(calls: number): number {
  return calls >= 1 ? Math.min(Math.round(calls), Number.MAX_SAFE_INTEGER) : 1;
}

function costText(columns: Column[], row: number): string {
  let text = '';
  for (const column of columns) text += ` ${column[row]}`;
  return text;
}

function isZero(columns: Column[], row: number): boolean {
  return columns.every((column) => Number(column[row]) === 0);
}

/** Ids of one kind of names: the name stands beside its id where that is first used. */
class IdTable<Key> {
  readonly #ids = new Map<Key, number>();

  refer(key: Key, name: string): string {
    const known = this.#ids.get(key);
    if (known !== undefined) return `(${known})`;
    const id = this.#ids.size + 1;
    this.#ids.set(key, id);
    return `(${id}) ${name || UNKNOWN}`;
  }
}
