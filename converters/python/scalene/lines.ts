/** Costs of lines, by function. */
import {
  Float64List,
  Int32List,
  type Metric,
  type Profile,
  type ProfileBuilder,
  type Source,
} from '../../../src/plugin.ts';
import type { JsonObject, JsonValues } from '../json-values.ts';
import { costsOf, FunctionFinder, PERCENTS } from './function-finder.ts';

const TIME_METRICS: Metric[] = [
  { name: 'time', unit: 'seconds' },
  { name: 'python', unit: 'seconds', title: 'time in Python' },
  { name: 'native', unit: 'seconds', title: 'time in native code' },
  { name: 'system', unit: 'seconds', title: 'time in the system, or waiting' },
];
const MEMORY_METRICS: Metric[] = [
  { name: 'allocated', unit: 'bytes' },
  { name: 'allocations', unit: 'count' },
  { name: 'copied', unit: 'bytes' },
];
const MEGABYTE = 1048576;
/** Percents by which sums may be off. */
const SLACK = 0.01;

/** A line of the file. */
interface Line {
  line: number;
  start: number;
  text: string;
  /** As Scalene states them. */
  costs: number[];
  /** By metric. */
  values: number[];
}

export function readLines(
  document: JsonObject,
  elapsed: number,
  builder: ProfileBuilder,
  values: JsonValues,
  source: Source,
): Profile {
  const reader = new LineReader(elapsed, builder, values, source);
  for (const [file, content] of Object.entries(values.object(document['files'], 'files')))
    reader.read(file, content);
  return reader.profile();
}

class LineReader {
  readonly #elapsed: number;
  readonly #builder: ProfileBuilder;
  readonly #values: JsonValues;
  readonly #source: Source;
  readonly #node = new Int32List();
  readonly #line = new Int32List();
  readonly #columns = [...TIME_METRICS, ...MEMORY_METRICS].map(() => new Float64List());

  constructor(elapsed: number, builder: ProfileBuilder, values: JsonValues, source: Source) {
    this.#elapsed = elapsed;
    this.#builder = builder;
    this.#values = values;
    this.#source = source;
  }

  read(file: string, content: unknown): void {
    const path = `files.${file}`;
    const { lines, functions = [], percent_cpu_time: stated } = this.#values.object(content, path);
    const finder = new FunctionFinder(functions, `${path}.functions`, this.#values);
    const list = this.#values.array(lines, `${path}.lines`).map((value, i) => {
      const at = `${path}.lines[${i}]`;
      return this.#lineOf(this.#values.object(value, at), at);
    });
    let sum = 0;
    for (const line of list.sort((a, b) => a.line - b.line)) {
      sum += line.costs[0]!;
      if (line.costs.every((cost) => cost === 0)) continue;
      const found = finder.find(line);
      this.#node.push(this.#builder.function(found.name, { file, line: found.line }));
      this.#line.push(line.line);
      for (const [m, value] of line.values.entries()) this.#columns[m]!.push(value);
    }
    if (typeof stated === 'number' && Math.abs(sum - stated) > SLACK) {
      const message = `the lines of ${file} add up to ${sum} %, and not to ${stated} %`;
      this.#source.warn('other-sum', message, { path });
    }
    if (finder.off() > SLACK) {
      const message = `which lines of ${file} are in which function is not certain`;
      this.#source.warn('uncertain-function', message, { path });
    }
  }

  #lineOf(object: JsonObject, path: string): Line {
    const amount = (key: string) => this.#values.amount(object[key], `${path}.${key}`);
    const line = this.#values.number(object['lineno'], `${path}.lineno`);
    if (!Number.isInteger(line) || line < 1 || line >= 2 ** 31)
      this.#values.wrong(line, `${path}.lineno`, 'a line');
    const costs = costsOf(object, path, this.#values);
    const [percent, megabytes, allocations, copied] = costs as [number, number, number, number];
    const seconds = (share: number) => (share / 100) * this.#elapsed;
    if (amount('n_peak_mb') > 0 || amount('n_avg_mb') > 0)
      this.#source.note('footprints', 'footprints of lines are left out: they do not add up', { path });
    if (amount('n_gpu_percent') > 0)
      this.#source.warn('gpu', 'use of the GPU is left out: it does not add up', { path });
    return {
      line,
      start: amount('start_function_line'),
      text: typeof object['line'] === 'string' ? object['line'] : '',
      costs,
      values: [
        seconds(percent),
        ...PERCENTS.map((key) => seconds(amount(key))),
        megabytes * MEGABYTE,
        allocations,
        copied * this.#elapsed * MEGABYTE,
      ],
    };
  }

  /** Nodes are functions. */
  profile(): Profile {
    const builder = this.#builder;
    const { length } = this.#node;
    if (length === 0) {
      const hint = 'Scalene leaves out files below one percent; was the program too short?';
      this.#source.fail('no-lines', 'no line has costs', undefined, hint);
    }
    const memory = this.#columns
      .slice(TIME_METRICS.length)
      .some((list) => list.trimmed().some((cost) => cost !== 0));
    for (const metric of memory ? [...TIME_METRICS, ...MEMORY_METRICS] : TIME_METRICS)
      builder.metrics.push(metric);
    const node = this.#node.trimmed();
    const columns = builder.metrics.map((_, m) => this.#columns[m]!.trimmed());
    const self = columns.map((column) => {
      const sums = new Float64Array(builder.functionCount);
      for (let i = 0; i < length; i++) sums[node[i]!]! += column[i]!;
      return sums;
    });
    const frame = Int32Array.from({ length: builder.functionCount }, (_, func) => builder.addFrame(func));
    const lines = { length, node, line: this.#line.trimmed(), values: columns };
    return builder.flat({ frame, self, total: self.map((column) => column.slice()) }, { lines });
  }
}
