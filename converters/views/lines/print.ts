/** Tables of lines as line_profiler prints them: columns grow with what stands in them. */
import {
  fixed,
  formatNumber,
  type Profile,
  type Sink,
  secondsPerUnit,
  sumOfMetric,
  unitName,
  type Value,
} from '../../../src/plugin.ts';
import type { LineRow, LinesOfFunction } from './line-tables.ts';

/** Times are shown in microseconds. */
const TIMER_UNIT = 1e-6;
/** A line without a number. */
const UNKNOWN = '?';

const WIDTHS = [6, 9, 12, 8, 8];

export class Printer {
  readonly #sink: Sink;
  readonly #heads: string[];
  /** What costs are multiplied by; undefined = they are counts, and whole. */
  readonly #factor: number | undefined;
  readonly #unit: string;
  readonly #what: string;
  /** What percentages of differences refer to; undefined = there are none, and percentages are parts of functions. */
  readonly #sum: Value | undefined;

  constructor(profile: Profile, metric: number, sink: Sink) {
    const { metrics, estimated, meta } = profile;
    const { name, unit, title } = metrics[metric]!;
    const seconds = secondsPerUnit(metrics[metric]!);
    const timed = seconds !== undefined;
    this.#sink = sink;
    this.#factor = timed ? seconds / TIMER_UNIT : undefined;
    this.#what = timed ? 'time' : name;
    const counted = ['', 'count', name].includes(unitName(unit));
    this.#unit = timed ? ' s' : counted ? '' : ` ${unitName(unit)}`;
    const percent = timed ? '% Time' : '%';
    this.#heads = ['Line #', 'Hits', capitalized(this.#what), 'Per Hit', percent, 'Line Contents'];
    if (timed) sink.write(`Timer unit: ${formatNumber('%g', TIMER_UNIT)} s\n`);
    if (estimated) sink.write('Estimated: some of the costs are a guess\n');
    if (title !== undefined && title !== name) sink.write(`Metric: ${title}\n`);
    if (!meta.isDifference) return;
    this.#sum = sumOfMetric(profile, metric);
    const changes = profile.nodes.length === 0 ? 'none' : `percentages of ${this.#amount(this.#sum)}`;
    sink.write(`Differences: ${changes}\n`);
  }

  table(table: LinesOfFunction, source: string[] | undefined): void {
    const { name, file, start, sum } = table;
    const total = `${this.#sign(sum)}${this.#amount(sum)}`;
    this.#sink.write(`\nTotal ${this.#what}: ${total}\nFile: ${file || '(unknown)'}\n`);
    this.#sink.write(`Function: ${name} at line ${start || UNKNOWN}\n\n`);
    const rows = [...this.#rows(table, source)];
    const widths = WIDTHS.map((width, c) =>
      rows.reduce((most, row) => Math.max(most, row[c]!.length), width),
    );
    const head = this.#line(this.#heads, widths);
    this.#sink.write(`${head}${'='.repeat(head.length - 1)}\n`);
    for (const row of rows) this.#sink.write(this.#line(row, widths));
  }

  /** The lines that have costs, and with source text also those between them and the head of the function. */
  *#rows({ start, rows, sum }: LinesOfFunction, source: string[] | undefined): Iterable<string[]> {
    const text = (line: number) => source?.[line - 1] ?? '';
    const known = rows.filter(({ line }) => line > 0);
    let next = start || (known[0]?.line ?? 0);
    for (const row of rows) {
      if (source && row.line > 0) {
        for (; next < row.line && next <= source.length; next++)
          yield [`${next}`, '', '', '', '', text(next)];
        next = row.line + 1;
      }
      yield [row.line === 0 ? UNKNOWN : `${row.line}`, ...this.#figures(row, sum), text(row.line)];
    }
  }

  #figures({ cost, hits }: LineRow, sum: Value): string[] {
    const whole = Number(this.#sum ?? sum);
    const percent = whole === 0 ? '' : fixed((100 * Number(cost)) / whole, 1).replace(/^-(0\.0)$/, '$1');
    const isRatio = this.#sum === undefined && hits !== undefined && Number(hits) !== 0;
    const perHit = isRatio ? fixed(this.#scaled(cost) / Number(hits), 1) : '';
    const shown = this.#factor === undefined ? `${cost}` : fixed(this.#scaled(cost), 1);
    const count = hits === undefined ? '' : `${this.#sign(hits)}${hits}`;
    return [count, `${this.#sign(cost)}${shown}`, perHit, percent];
  }

  /** The plus of what has grown. */
  #sign(value: Value): string {
    return this.#sum !== undefined && value > 0 ? '+' : '';
  }

  /** A cost with its unit. */
  #amount(value: Value): string {
    const shown =
      this.#factor === undefined ? `${value}` : formatNumber('%g', this.#scaled(value) * TIMER_UNIT);
    return `${shown}${this.#unit}`;
  }

  #scaled(value: Value): number {
    return Number(value) * (this.#factor ?? 1);
  }

  #line(cells: string[], widths: number[]): string {
    const columns = widths.map((width, c) => cells[c]!.padStart(width));
    return `${[...columns, ` ${cells[5]}`].join(' ').trimEnd()}\n`;
  }
}

function capitalized(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
