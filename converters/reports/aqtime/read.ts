/** From the table of routines, with those of their children, to a call graph. */
import {
  Float64List,
  Int32List,
  type Profile,
  ProfileBuilder,
  readXml,
  type Source,
  shareOf,
  sumOf,
  xmlChildren,
} from '../../../src/plugin.ts';
import { type Table, tablesOf } from './tables.ts';

const ROUTINES = 'Routines';
const CHILDREN = 'Children';

type Cells = Table['rows'][number]['cells'];

export class Reader {
  readonly #source: Source;
  /** Names and totals alone. */
  readonly #bare: boolean;
  readonly #builder = new ProfileBuilder([{ name: 'time', unit: 'seconds' }]);
  readonly #nodes = new Map<string, number>();
  readonly #listed = new Set<number>();
  readonly #self = new Float64List();
  readonly #total = new Float64List();
  readonly #caller = new Int32List();
  readonly #callee = new Int32List();
  readonly #calls = new Float64List();
  readonly #arcSelf = new Float64List();
  readonly #arcTotal = new Float64List();

  constructor(source: Source, bare: boolean) {
    this.#source = source;
    this.#bare = bare;
  }

  async read(): Promise<Profile> {
    const [root] = xmlChildren(await readXml(this.#source), 'AQtime_Results');
    if (root === undefined)
      this.#source.fail('no-results', 'the root of the document is no <AQtime_Results>');
    const table = tablesOf(root, this.#source).find(({ name }) => name === ROUTINES);
    if (!table || table.rows.length === 0) {
      const hint = 'save the results of the performance profiler';
      this.#source.fail('no-routines', 'there is no table of routines, or nothing in it', undefined, hint);
    }
    const rows = table.rows.filter(({ cells }) => this.#addRoutine(cells));
    for (const { cells, tables } of rows)
      for (const { name, rows: children } of tables)
        if (name === CHILDREN) for (const child of children) this.#addChild(cells, child.cells);
    return this.#profile();
  }

  /** Whether the routine is new. */
  #addRoutine(cells: Cells): boolean {
    const node = this.#node(cells);
    if (this.#listed.has(node)) {
      const path = `routine ${cells.get('Routine Name')}`;
      this.#source.warn('repeated-routine', 'a routine has a second row, which is left out', { path });
      return false;
    }
    this.#listed.add(node);
    this.#self.array[node] = this.#number(cells, 'Time');
    this.#total.array[node] = this.#number(cells, 'Time with Children');
    if (!this.#bare && cells.has('Hit Count')) this.#builder.addCalls(node, this.#number(cells, 'Hit Count'));
    return true;
  }

  #addChild(cells: Cells, child: Cells): void {
    const [caller, callee] = [this.#node(cells), this.#node(child)];
    this.#caller.push(caller);
    this.#callee.push(callee);
    this.#calls.push(!this.#bare && child.has('Hit Count') ? this.#number(child, 'Hit Count') : Number.NaN);
    this.#arcSelf.push(this.#number(child, 'Time'));
    const total = this.#number(child, 'Time with Children');
    this.#arcTotal.push(total);
    // A child without a row of its own has what its parents say.
    if (this.#listed.has(callee)) return;
    this.#self.array[callee]! += this.#arcSelf.array[this.#arcSelf.length - 1]!;
    this.#total.array[callee]! += total;
  }

  /** The node of a routine, added if it is new. */
  #node(cells: Cells): number {
    const [module, unit, name] = ['Module Name', 'Unit Name', 'Routine Name'].map(
      (key) => cells.get(key) ?? '',
    );
    const id = `${module}:${unit}:${name}`;
    let node = this.#nodes.get(id);
    if (node === undefined) {
      const builder = this.#builder;
      const file = cells.get('Source File') || unit;
      const known = this.#bare
        ? {}
        : { ...(file && { file }), ...(module && { mapping: builder.mapping(module) }) };
      this.#nodes.set(id, (node = builder.addFrame(builder.addFunction(name!, { id, ...known }))));
      this.#self.push(0);
      this.#total.push(0);
    }
    return node;
  }

  #number(cells: Cells, column: string): number {
    const text = cells.get(column) ?? '';
    const value = Number(text.replace(',', '.'));
    if (text !== '' && Number.isFinite(value)) return value;
    const path = `routine ${cells.get('Routine Name')}`;
    return this.#source.fail('bad-number', `${column} is no number: ${text || 'nothing'}`, { path });
  }

  #profile(): Profile {
    const [self, total, arcTotal] = [this.#self.trimmed(), this.#total.trimmed(), this.#arcTotal.trimmed()];
    const sum = Number(sumOf(self));
    const { length } = this.#caller;
    const profile = this.#builder.graph(
      { frame: Int32Array.from(self.keys()), self: [self], total: [total] },
      {
        length,
        caller: this.#caller.trimmed(),
        callee: this.#callee.trimmed(),
        line: new Int32Array(length),
        calls: this.#calls.trimmed(),
        total: [arcTotal],
        self: [this.#arcSelf.trimmed()],
      },
    );
    const greatest = total.reduce((most, value) => Math.max(most, value), sum);
    if (this.#bare) {
      const shares = (column: Float64Array) => [
        column.map((value) => Math.min(Math.max(shareOf(value, sum), 0), 1)),
      ];
      profile.shares = {
        self: [new Float64Array(self.length).fill(Number.NaN)],
        total: shares(total),
        arcTotal: shares(arcTotal),
      };
    } else if (greatest > sum) {
      // Rounded selves may miss a total; routines that were not profiled have no self.
      profile.whole = { sum: [greatest], maxSelf: [self.reduce((most, value) => Math.max(most, value), 0)] };
    }
    return profile;
  }
}
