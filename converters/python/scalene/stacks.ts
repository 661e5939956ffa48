/**
 * Call stacks: of Python and native frames with their samples (`combined_stacks`), else of Python frames with
 * their times (`stacks`). Both are outermost first.
 */
import type { FunctionInfo, Metric, Profile, ProfileBuilder, Source } from '../../../src/plugin.ts';
import type { JsonObject, JsonValues } from '../json-values.ts';
import { EMPTY_STACK, SampledTree } from '../sampled-tree.ts';

const SAMPLES: Metric = { name: 'samples', unit: 'samples' };
const TIMES: Metric[] = [
  { name: 'time', unit: 'seconds' },
  { name: 'python', unit: 'seconds', title: 'time in Python' },
  { name: 'native', unit: 'seconds', title: 'time in native code' },
];
/** `file function:line;` */
const FRAME = /^([\s\S]*) (\S+):(\d+);?$/;

/** Which of its two lists has stacks. */
export function stacksOf(document: JsonObject): 'combined_stacks' | 'stacks' | undefined {
  const filled = (key: string) => Array.isArray(document[key]) && document[key].length > 0;
  if (filled('combined_stacks')) return 'combined_stacks';
  return filled('stacks') ? 'stacks' : undefined;
}

export function readStacks(
  document: JsonObject,
  elapsed: number,
  builder: ProfileBuilder,
  values: JsonValues,
  source: Source,
): Profile {
  const key = stacksOf(document);
  if (key === undefined) {
    const hint =
      'Scalene before 2.3 samples them with --stacks; --scalene.read lines reads the costs of lines';
    return source.fail('no-stacks', 'there are no call stacks in it', undefined, hint);
  }
  builder.metrics.push(SAMPLES, ...(key === 'stacks' ? TIMES : []));
  if (key === 'stacks') builder.meta.defaultMetric = 1;
  const reader = new StackReader(builder, values, elapsed);
  for (const [i, stack] of values.array(document[key], key).entries()) reader.add(stack, `${key}[${i}]`);
  return reader.profile();
}

class StackReader {
  readonly #builder: ProfileBuilder;
  readonly #values: JsonValues;
  readonly #elapsed: number;
  readonly #tree: SampledTree;

  constructor(builder: ProfileBuilder, values: JsonValues, elapsed: number) {
    this.#builder = builder;
    this.#values = values;
    this.#elapsed = elapsed;
    this.#tree = new SampledTree(builder.metrics.length);
  }

  add(value: unknown, path: string): void {
    const [frames, counts] = this.#values.array(value, path);
    let node = -1;
    for (const [i, frame] of this.#values.array(frames, `${path}[0]`).entries())
      node = this.#tree.tree.child(node, this.#frame(frame, `${path}[0][${i}]`));
    if (node < 0) node = this.#tree.tree.child(-1, this.#builder.frame(this.#builder.function(EMPTY_STACK)));
    this.#tree.add(node, this.#counts(counts, `${path}[1]`));
  }

  /** Samples alone, or samples and times, which are parts of the elapsed time. */
  #counts(value: unknown, path: string): number[] {
    if (this.#builder.metrics.length === 1) return [this.#values.number(value, path)];
    // Older files have a list.
    const [count, python, native, time] = Array.isArray(value) ? value : this.#named(value, path);
    const seconds = (part: unknown) => this.#values.amount(part, path) * this.#elapsed;
    return [this.#values.number(count, path), seconds(time), seconds(python), seconds(native)];
  }

  #named(value: unknown, path: string): unknown[] {
    const { count, python_time, c_time, cpu_samples } = this.#values.object(value, path);
    return [count, python_time, c_time, cpu_samples];
  }

  #frame(value: unknown, path: string): number {
    if (typeof value === 'string') {
      const parts = FRAME.exec(value);
      if (!parts) this.#values.wrong(value, path, '`file function:line;`');
      return this.#place(parts[2]!, { file: parts[1]! }, Number(parts[3]));
    }
    const { kind, display_name, filename_or_module, line, ip } = this.#values.object(value, path);
    const name = this.#values.text(display_name, `${path}.display_name`);
    const where = typeof filename_or_module === 'string' ? filename_or_module : '';
    if (kind !== 'native')
      return this.#place(name, { file: where }, this.#values.amount(line, `${path}.line`));
    const info = where === '' ? {} : { mapping: this.#builder.mapping(where) };
    const address = Number.isSafeInteger(ip) && (ip as number) > 0 ? { address: BigInt(ip as number) } : {};
    return this.#builder.frame(this.#builder.function(name, info), address);
  }

  #place(name: string, info: FunctionInfo, line: number): number {
    const known = Number.isInteger(line) && line > 0 && line < 2 ** 31;
    return this.#builder.frame(this.#builder.function(name, info), { line: known ? line : 0 });
  }

  profile(): Profile {
    return this.#tree.profile(this.#builder);
  }
}
