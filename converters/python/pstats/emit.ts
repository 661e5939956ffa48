/** Writes a binary profile that Python's pstats and its viewers open. */
import { defaultMetric, type Profile, type Sink, secondsPerUnit } from '../../../src/plugin.ts';
import { MarshalWriter } from '../marshal/writer.ts';
import type { PstatsEmitOptions } from '../pstats.ts';
import { graphRows } from '../pstats-table/of-graph.ts';
import {
  exactRows,
  type PstatsFigures,
  type PstatsKey,
  type PstatsRow,
  type PyNumber,
  pstatsKey,
  unmixed,
} from '../pstats-table.ts';
import { fillIn } from './fill-in.ts';

/** So much is written at once. */
const PIECE = 1 << 20;

export function emit(profile: Profile, { sampled }: PstatsEmitOptions, sink: Sink): void {
  const metric = defaultMetric(profile);
  const exact = metric === 0 ? unmixed(() => exactRows(profile)) : undefined;
  if (exact) write(exact.rows, sampled && exact.tables.every((table) => table.sampled), sink);
  else write(rowsOfGraph(profile, metric, sink), false, sink);
}

function rowsOfGraph(profile: Profile, metric: number, sink: Sink): PstatsRow[] {
  const { metrics } = profile;
  if (metrics.length > 1) {
    const others = metrics.filter((_, m) => m !== metric).map(({ name }) => name);
    sink.note(
      'one-metric',
      `only ${metrics[metric]!.name} is written`,
      `--metric chooses another: ${others.join(', ')}`,
    );
  }
  if (profile.meta.isDifference)
    sink.note(
      'below-zero',
      "what has shrunk is below 0: Python's pstats prints that, KCachegrind takes it for 0",
    );
  if (profile.estimated) sink.note('estimated', 'the figures are a guess, which the file cannot say');
  if (secondsPerUnit(metrics[metric]!) === undefined)
    sink.lost('no-times', `readers will take ${metrics[metric]!.name} for seconds`);
  const rows = graphRows(profile);
  apart(rows);
  const { counts, values } = fillIn(rows);
  if (counts > 0)
    sink.lost(
      'estimated-counts',
      `${counts} counts of calls that nobody counted are written as the least they can be`,
    );
  if (values > 0)
    sink.lost('unknown-values', `${values} values of functions by caller are not known and written as 0`);
  return rows;
}

/** Functions that Python could not tell apart get a number. */
function apart(rows: PstatsRow[]): void {
  const taken = new Set<string>();
  /** The last number by label. */
  const numbers = new Map<string, number>();
  for (const { key } of rows) {
    const { file, line, name, label } = key;
    let number = numbers.get(label) ?? 1;
    while (taken.has(key.label)) Object.assign(key, pstatsKey(file, line, `${name}#${++number}`));
    numbers.set(label, number);
    taken.add(key.label);
  }
}

function write(rows: PstatsRow[], sampled: boolean, sink: Sink): void {
  const writer = new MarshalWriter();
  writer.beginDict();
  if (sampled) {
    writer.tuple(1);
    writer.text('__sampled__');
    writer.boolean(true);
  }
  for (const row of rows) {
    writeRow(row, writer);
    if (writer.length > PIECE) sink.write(writer.take());
  }
  writer.endDict();
  sink.write(writer.take());
}

function writeRow(
  { key, callers, calls, primitiveCalls, self, total }: PstatsRow,
  writer: MarshalWriter,
): void {
  writeKey(key, writer);
  writer.tuple(5);
  writeNumbers([primitiveCalls, calls, self, total], writer);
  writer.beginDict();
  for (const { key: caller, figures } of callers) {
    writeKey(caller, writer);
    if (typeof figures === 'object') writeFigures(figures, writer);
    else writer.number(figures);
  }
  writer.endDict();
}

function writeFigures({ calls, primitiveCalls, self, total }: PstatsFigures, writer: MarshalWriter): void {
  writer.tuple(4);
  writeNumbers([calls, primitiveCalls, self, total], writer);
}

function writeNumbers(numbers: (PyNumber | undefined)[], writer: MarshalWriter): void {
  for (const number of numbers) writer.number(number!);
}

function writeKey({ file, line, name }: PstatsKey, writer: MarshalWriter): void {
  writer.tuple(3);
  writer.text(file);
  writer.number(BigInt(line));
  writer.text(name);
}
