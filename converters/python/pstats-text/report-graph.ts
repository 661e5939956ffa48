/** What printed tables say, of one profile or of several, as one graph. */
import {
  type ArcTable,
  components,
  doubles,
  greatest,
  type Label,
  type Metric,
  type Profile,
  ProfileBuilder,
  type Source,
  sumOf,
} from '../../../src/plugin.ts';

/** Of a function, or of what one caller did to it. NaN = unknown. */
export interface Printed {
  calls: number;
  primitiveCalls: number;
  self: number;
  total: number;
}

interface PrintedArc extends Printed {
  caller: string;
  callee: string;
}

/** The tables of one profile. Functions go by what is printed of them. */
interface Tables {
  labels: Label[];
  rows: Map<string, Printed>;
  arcs: Map<string, PrintedArc>;
  /** What stands in tables of callers or callees. */
  named: Set<string>;
  /** NaN = not printed. */
  sum: number;
}

/** A part of a function's self, by what it was printed for. */
interface Sample {
  label: string;
  labels: Label[];
  self: number;
}

const TIME: Metric = { name: 'time', unit: 'milliseconds' };

export class ReportGraph {
  estimated = false;
  readonly comments = new Set<string>();
  readonly #source: Source;
  readonly #profiles: Tables[] = [];
  #metric: Metric | undefined;

  constructor(source: Source) {
    this.#source = source;
    this.start([]);
  }

  get empty(): boolean {
    return this.#profiles.every(isEmpty);
  }

  /** What follows is of another profile. */
  start(labels: Label[]): void {
    this.#profiles.push({ labels, rows: new Map(), arcs: new Map(), named: new Set(), sum: Number.NaN });
  }

  get #current(): Tables {
    return this.#profiles[this.#profiles.length - 1]!;
  }

  header(metric: Metric, sum: number): void {
    const known = (this.#metric ??= metric);
    if (metric.name !== known.name || metric.unit !== known.unit) {
      const message = `tables of ${known.name} and of ${metric.name} cannot be added up`;
      this.#source.fail('mixed-metrics', message, undefined, 'give each table a file of its own');
    }
    this.#current.sum = sum;
  }

  /** A function that is printed again is the same one: tables may show a profile in several orders. */
  addRow(label: string, figures: Printed): void {
    const { rows } = this.#current;
    if (!rows.has(label)) rows.set(label, figures);
  }

  /** A function that may have no callers, and no row in a table that is not there. */
  addFunction(label: string): void {
    this.#current.named.add(label);
  }

  /** Tables of callers and of callees have the same arcs. */
  addArc(caller: string, callee: string, figures: Printed): void {
    const { arcs } = this.#current;
    const key = `${caller}\0${callee}`;
    if (!arcs.has(key)) arcs.set(key, { caller, callee, ...figures });
  }

  profile(): Profile {
    const profiles = this.#profiles.filter((tables) => !isEmpty(tables));
    if (profiles.length > 1 && profiles.every(({ labels }) => labels.length === 0))
      this.#source.note('several-profiles', `tables of ${profiles.length} profiles are added up`);
    const rows = new Map<string, Printed>();
    const sums = new Map<string, PrintedArc>();
    const samples: Sample[] = [];
    for (const tables of profiles) {
      for (const [label, figures] of tables.rows) {
        const row = this.#complete(figures);
        addTo(rows, label, row);
        samples.push({ label, labels: tables.labels, self: row.self });
      }
      for (const [key, arc] of tables.arcs) addTo(sums, key, arc);
    }
    const known = rows.size;
    for (const { named, arcs } of profiles) {
      addMissing(rows, named);
      for (const { caller, callee } of arcs.values()) addMissing(rows, [caller, callee]);
    }
    const arcs = tableOf([...sums.values()], rows);
    const missing = [...rows.keys()].slice(known);
    if (missing.length > 0) {
      const message = `${missing.length} functions have no row: they have at least what their callers and callees say`;
      this.#source.warn('no-row', message);
      fill([...rows.values()], known, arcs);
      for (const label of missing) samples.push({ label, labels: [], self: rows.get(label)!.self });
    }
    const profile = built(this.#metric ?? TIME, rows, samples, arcs);
    if (this.comments.size > 0) profile.meta.comments = [...this.comments];
    profile.estimated = this.estimated;
    setSum(
      profile,
      profiles.reduce((sum, tables) => sum + tables.sum, 0),
    );
    return profile;
  }

  /** Values where there must be some. */
  #complete(row: Printed): Printed {
    if (Number.isNaN(row.self) || Number.isNaN(row.total))
      this.#source.warn('no-value', 'values that are no numbers are taken for 0');
    const self = row.self || 0;
    if (row.total < self)
      this.#source.warn('total-below-self', 'a total is less than the self, which is taken for it');
    return { ...row, self, total: Math.max(row.total || 0, self) };
  }
}

function isEmpty({ rows, named }: Tables): boolean {
  return rows.size === 0 && named.size === 0;
}

/** A count that is unknown in one profile is that of the others; a value is then unknown in all. */
function addTo<T extends Printed>(sums: Map<string, T>, key: string, figures: T): void {
  const sum = sums.get(key);
  if (!sum) {
    sums.set(key, { ...figures });
    return;
  }
  sum.calls = plus(sum.calls, figures.calls);
  sum.primitiveCalls = plus(sum.primitiveCalls, figures.primitiveCalls);
  sum.self += figures.self;
  sum.total += figures.total;
}

function plus(a: number, b: number): number {
  return Number.isNaN(a) ? b : Number.isNaN(b) ? a : a + b;
}

function addMissing(rows: Map<string, Printed>, labels: Iterable<string>): void {
  for (const label of labels) {
    if (!rows.has(label))
      rows.set(label, { calls: Number.NaN, primitiveCalls: Number.NaN, self: 0, total: 0 });
  }
}

/**
 * Gives the rows from `from` on what the arcs say: sums over those that lead into a recursion cycle or out of it,
 * since those inside of it hold the same times once more.
 */
function fill(rows: Printed[], from: number, arcs: ArcTable): void {
  const { cycle } = components(arcs, rows.length);
  const [self, total] = [arcs.self![0]!, arcs.total[0]!].map(doubles) as [Float64Array, Float64Array];
  const entering = new Float64Array(rows.length);
  const leaving = new Float64Array(rows.length);
  for (let a = 0; a < arcs.length; a++) {
    const caller = arcs.caller[a]!;
    const callee = arcs.callee[a]!;
    const known = total[a]! || 0;
    if (caller !== callee && (cycle[caller]! < 0 || cycle[caller] !== cycle[callee])) {
      entering[callee]! += known;
      leaving[caller]! += known;
    }
    if (callee < from) continue;
    const row = rows[callee]!;
    row.calls = plus(row.calls, arcs.calls[a]!);
    row.self += self[a]! || 0;
    row.total = Math.max(row.total, known);
  }
  for (let n = from; n < rows.length; n++) {
    const row = rows[n]!;
    row.total = Math.max(row.total, entering[n]!, leaving[n]! + row.self);
  }
}

/** The arcs; functions are nodes in the order of the rows. */
function tableOf(arcs: PrintedArc[], rows: Map<string, Printed>): ArcTable {
  const nodes = new Map([...rows.keys()].map((label, n) => [label, n]));
  return {
    length: arcs.length,
    caller: Int32Array.from(arcs, ({ caller }) => nodes.get(caller)!),
    callee: Int32Array.from(arcs, ({ callee }) => nodes.get(callee)!),
    line: new Int32Array(arcs.length),
    calls: Float64Array.from(arcs, ({ calls }) => calls),
    primitiveCalls: Float64Array.from(arcs, ({ primitiveCalls }) => primitiveCalls),
    self: [Float64Array.from(arcs, ({ self }) => self)],
    total: [Float64Array.from(arcs, ({ total }) => total)],
    counts: 'once',
  };
}

function built(metric: Metric, rows: Map<string, Printed>, samples: Sample[], arcs: ArcTable): Profile {
  const builder = new ProfileBuilder([metric]);
  const nodes = new Map<string, number>();
  for (const [label, { calls, primitiveCalls }] of rows) {
    const { name, file, line } = functionOf(label);
    const func = builder.addFunction(name, { file, line });
    nodes.set(label, builder.addFrame(func));
    if (!Number.isNaN(calls))
      builder.addCalls(func, calls, Number.isNaN(primitiveCalls) ? undefined : primitiveCalls);
  }
  const columns = {
    frame: Int32Array.from(nodes.values()),
    self: [Float64Array.from(rows.values(), ({ self }) => self)],
    total: [Float64Array.from(rows.values(), ({ total }) => total)],
  };
  const filled = samples.filter(({ self }) => self !== 0);
  const details = filled.some(({ labels }) => labels.length > 0) && {
    samples: {
      length: filled.length,
      node: Int32Array.from(filled, ({ label }) => nodes.get(label)!),
      values: [Float64Array.from(filled, ({ self }) => self)],
      labels: Int32Array.from(filled, ({ labels }) => builder.labels(labels)),
    },
  };
  return arcs.length > 0 ? builder.graph(columns, arcs, details || {}) : builder.flat(columns, details || {});
}

/** What was rounded or cut off is missing from the selves. `stated`: the sum that is printed; NaN = none. */
function setSum(profile: Profile, stated: number): void {
  const [self, total] = [profile.nodes.self[0]!, profile.nodes.total[0]!];
  const selves = Number(sumOf(self));
  const sum = Math.max(Number.isNaN(stated) ? selves : stated, Number(greatest(total)));
  if (sum !== selves) profile.whole = { sum: [sum], maxSelf: [greatest(self)] };
}

/** `file:line(name)`, `{built-in method len}`, or a name alone. */
function functionOf(label: string): { name: string; file: string; line: number } {
  const [, file, line, name] = /^(.*?):(\d{1,9})\((.*)\)$/.exec(label) ?? [];
  if (name !== undefined) return { name, file: file!, line: Number(line) };
  const builtIn = label.startsWith('{') && label.endsWith('}');
  return { name: builtIn ? `<${label.slice(1, -1)}>` : label, file: '', line: 0 };
}
