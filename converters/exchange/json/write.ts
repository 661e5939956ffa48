/** The writing half: a section a line, a row a line, long columns in lines of some values. */
import {
  type Column,
  type FunctionValues,
  functionValues,
  type Label,
  type Meta,
  type Profile,
  type Sink,
  sumOfMetric,
  type Value,
} from '../../../src/plugin.ts';
import { NumberWriter, valueText } from './number-writer.ts';
import { isJson } from './raw.ts';
import { FORMAT, VERSION } from './shape.ts';

const NEWLINE = 10;
const COMMA = 44;
const OPEN = 91;
const CLOSE = 93;
/** Values of a column on one line. */
const PER_LINE = 32;

export function write(profile: Profile, sink: Sink): void {
  const { callers, estimated, mappings, files, labelSets, nodes, arcs, samples, lines } = profile;
  const { whole, shares } = profile;
  sink.write(`{"format":"${FORMAT}","version":${VERSION},\n"callers":"${callers}","estimated":${estimated}`);
  rows(sink, 'metrics', profile.metrics.length, (m) => metricText(profile, m));
  if (Object.keys(profile.meta).length > 0) section(sink, 'meta', metaText(profile.meta, sink));
  if (whole) section(sink, 'whole', `{"sum":${values(whole.sum)},"maxSelf":${values(whole.maxSelf)}}`);
  if (mappings.length > 0) {
    rows(sink, 'mappings', mappings.length, (i) => {
      const { name, buildId, start, limit, offset } = mappings[i]!;
      return object([
        ['name', quote(name)],
        ['buildId', buildId && quote(buildId)],
        ['start', start && hex(start)],
        ['limit', limit && hex(limit)],
        ['offset', offset && hex(offset)],
      ]);
    });
  }
  const figures = functionValues(profile);
  // What was cut is not known; what else is not in a difference has not changed.
  const isCut = (profile.reduction?.nodes ?? 0) > nodes.length;
  const standing = whole && (isCut || !profile.meta.isDifference) ? functionsOfNodes(profile) : undefined;
  if (profile.functions.linesMayDiffer) section(sink, 'linesMayDiffer', 'true');
  rows(sink, 'functions', profile.functions.length, (f) =>
    functionText(profile, standing?.has(f) === false ? undefined : figures, f),
  );
  rows(sink, 'frames', profile.frames.length, (f) => frameText(profile, f));
  if (files.length > 1) rows(sink, 'files', files.length, (f) => quote(files[f]!));
  if (labelSets.length > 0) {
    rows(sink, 'labelSets', labelSets.length, (set) => `[${labelSets[set]!.map(labelText).join(',')}]`);
  }
  table(sink, 'nodes', nodes.length, {
    frame: nodes.frame,
    parent: callers === 'all' ? nodes.parent : undefined,
    calls: nodes.calls,
    self: nodes.self,
    total: nodes.total,
    selfShare: shares?.self,
    totalShare: shares?.total,
  });
  if (arcs) {
    table(
      sink,
      'arcs',
      arcs.length,
      {
        caller: arcs.caller,
        callee: arcs.callee,
        line: unlessAll(arcs.line, 0),
        file: arcs.file,
        calls: unlessAll(arcs.calls, Number.NaN),
        primitiveCalls: arcs.primitiveCalls,
        total: arcs.total,
        self: arcs.self,
        totalShare: shares?.arcTotal,
        residual: arcs.residual,
      },
      arcs.counts === undefined ? '' : `"counts":"${arcs.counts}",`,
    );
  }
  if (samples) {
    const { node, values, time, labels } = samples;
    table(sink, 'samples', samples.length, { node, time, labels, values });
  }
  if (lines) {
    const { node, line, file, values } = lines;
    table(sink, 'lines', lines.length, { node, line, file, values });
  }
  sink.write('}\n');
}

function section(sink: Sink, name: string, text: string): void {
  sink.write(`,\n"${name}":${text}`);
}

function rows(sink: Sink, name: string, length: number, text: (row: number) => string): void {
  section(sink, name, '[');
  for (let row = 0; row < length; row++) sink.write(`${row === 0 ? '\n' : ',\n'}${text(row)}`);
  sink.write(']');
}

type NumberColumn = Column | Int32Array | Uint8Array;

/** An object of columns; a list of columns is one for each metric. */
function table(
  sink: Sink,
  name: string,
  length: number,
  columns: Record<string, NumberColumn | Column[] | undefined>,
  more = '',
): void {
  section(sink, name, `{${more}"length":${length}`);
  for (const [key, column] of Object.entries(columns)) {
    if (column === undefined) continue;
    sink.write(`,\n"${key}":`);
    if (!Array.isArray(column)) {
      writeColumn(sink, column, length);
      continue;
    }
    sink.write('[');
    for (const [m, one] of column.entries()) {
      if (m > 0) sink.write(',\n');
      writeColumn(sink, one, length);
    }
    sink.write(']');
  }
  sink.write('}');
}

function writeColumn(sink: Sink, column: NumberColumn, length: number): void {
  const numbers = new NumberWriter(sink);
  numbers.character(OPEN);
  for (let i = 0; i < length; i++) {
    if (i > 0) numbers.character(COMMA);
    if (i > 0 && i % PER_LINE === 0) numbers.character(NEWLINE);
    numbers.number(column[i]!);
  }
  numbers.character(CLOSE);
  numbers.flush();
}

function unlessAll<T extends NumberColumn>(column: T, value: number): T | undefined {
  return column.every((v: Value) => Object.is(v, value)) ? undefined : column;
}

/** JSON of the entries whose text is not empty (or the zero of a bigint). */
function object(entries: [string, string | 0n | false | undefined][]): string {
  let text = '';
  for (const [key, value] of entries) {
    if (value) text += `${text === '' ? '{' : ','}"${key}":${value}`;
  }
  return text === '' ? '{}' : `${text}}`;
}

function metricText(profile: Profile, m: number): string {
  const { name, unit, title } = profile.metrics[m]!;
  return object([
    ['name', quote(name)],
    ['unit', quote(unit)],
    ['title', title !== undefined && quote(title)],
    ['int64', profile.nodes.self[m] instanceof BigInt64Array && 'true'],
    ['sum', valueText(sumOfMetric(profile, m))],
  ]);
}

function metaText(meta: Meta, sink: Sink): string {
  const { period, raw, comments, startTime } = meta;
  const text = (value: string | undefined) => value !== undefined && quote(value);
  const number = (value: number | undefined) => value !== undefined && valueText(value);
  return object([
    ['producer', text(meta.producer)],
    ['command', text(meta.command)],
    ['title', text(meta.title)],
    ['startTime', startTime !== undefined && `"${startTime}"`],
    ['duration', number(meta.duration)],
    [
      'period',
      period &&
        object([
          ['name', quote(period.metric.name)],
          ['unit', quote(period.metric.unit)],
          ['title', text(period.metric.title)],
          ['value', valueText(period.value)],
        ]),
    ],
    ['comments', comments && `[${comments.map(quote).join(',')}]`],
    ['defaultMetric', number(meta.defaultMetric)],
    ['isDifference', meta.isDifference && 'true'],
    ['raw', raw && rawText(raw, sink)],
  ]);
}

function rawText(raw: Record<string, unknown>, sink: Sink): string {
  const kept: string[] = [];
  for (const [format, value] of Object.entries(raw)) {
    if (isJson(value)) kept.push(`${quote(format)}:${JSON.stringify(value)}`);
    else sink.note('raw', `what only ${format} can express is left out: it is not JSON`);
  }
  return `{${kept.join(',')}}`;
}

/** Functions whose nodes were not all cut. */
function functionsOfNodes({ nodes, frames }: Profile): Set<number> {
  return new Set(Array.from(nodes.frame, (frame) => frames.func[frame]!));
}

/** Without figures where they are not known. */
function functionText({ functions }: Profile, figures: FunctionValues | undefined, f: number): string {
  const { systemName, file, line, column, mapping, id, calls, primitiveCalls } = functions;
  return object([
    ['name', quote(functions.name[f]!)],
    ['systemName', systemName[f] && quote(systemName[f])],
    ['file', file[f] && quote(file[f])],
    ['line', known(line[f]!, 0)],
    ['column', known(column[f]!, 0)],
    ['mapping', known(mapping[f]!, -1)],
    ['id', id && quote(id[f]!)],
    ['process', functions.process?.[f] && quote(functions.process[f])],
    ['calls', calls && valueText(calls[f]!)],
    ['primitiveCalls', primitiveCalls && valueText(primitiveCalls[f]!)],
    ['self', figures && values(figures.self.map((column) => column[f]!))],
    ['total', figures && values(figures.total.map((column) => column[f]!))],
  ]);
}

function frameText({ frames }: Profile, f: number): string {
  const address = frames.address?.[f];
  return object([
    ['function', `${frames.func[f]}`],
    ['line', known(frames.line[f]!, 0)],
    ['column', known(frames.column[f]!, 0)],
    ['mapping', known(frames.mapping[f]!, -1)],
    ['address', address !== undefined && address !== 0n && hex(address)],
    ['inline', known(frames.inline?.[f] ?? 0, 0)],
  ]);
}

function labelText({ key, value, unit }: Label): string {
  return object([
    ['key', quote(key)],
    [
      'value',
      typeof value === 'string' ? quote(value) : typeof value === 'bigint' ? `"${value}"` : valueText(value),
    ],
    ['int64', typeof value === 'bigint' && 'true'],
    ['unit', unit !== undefined && quote(unit)],
  ]);
}

function known(value: number, unknown: number): string {
  return value === unknown ? '' : `${value}`;
}

function values(list: Value[]): string {
  return `[${list.map(valueText).join(',')}]`;
}

function hex(value: bigint): string {
  return `"0x${value.toString(16)}"`;
}

const quote = (text: string): string => JSON.stringify(text);
