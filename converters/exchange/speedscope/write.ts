/** Writes stacks with weights: a profile for each metric, and for each profile, process and thread that labels tell. */
import {
  bytesPerUnit,
  type Column,
  defaultMetric,
  type Label,
  type Metric,
  type NodeTable,
  type Profile,
  type Sink,
  type StackTable,
  secondsPerUnit,
  selfRows,
  unitName,
  type Value,
  VERSION,
} from '../../../src/plugin.ts';
import { ESTIMATE_SUFFIX } from '../estimate-mark.ts';
import { eachSample, type SampleRows } from '../sample-rows.ts';
import { writeEvents } from './write-events.ts';

const SCHEMA = 'https://www.speedscope.app/file-format-schema.json';
const UNITS = new Set(['nanoseconds', 'microseconds', 'milliseconds', 'seconds', 'bytes']);
/** Labels that set profiles apart. */
const APART = new Set(['profile', 'process', 'process id', 'thread', 'thread id']);

/** Stacks of no more frames than these in all are written one by one. */
const MANY_FRAMES = 2e7;

/** A node of a tree, in events, takes as much room as so many frames of stacks. */
const FRAMES_OF_NODE = 15;

/** Observations that belong together: a profile for each metric. */
interface Group {
  name: string;
  rows: number[];
}

export function write(profile: Profile, by: 'function' | 'line', sink: Sink): void {
  const { metrics, meta } = profile;
  const { frames, numbers } = framesOf(profile, by, sink);
  sink.write(`{"$schema":"${SCHEMA}","shared":{"frames":[`);
  for (const [i, frame] of frames.entries()) sink.write(`${i > 0 ? ',' : ''}\n${JSON.stringify(frame)}`);
  sink.write(']},"profiles":[');
  const samples = eachSample(profile);
  const groups = groupsOf(samples, profile.labelSets, sink);
  // What holds nothing is not written, but for the only one.
  const all = metrics.flatMap((_, metric) => groups.map((group) => ({ metric, group })));
  const filled = all.filter(({ metric, group }) =>
    group.rows.some((row) => Number(samples.values[metric]![row]) !== 0),
  );
  const parts = filled.length > 0 ? filled : all.slice(0, 1);
  noteUnits([...new Set(parts.map(({ metric }) => metrics[metric]!))], sink);
  const counts = new Map<Group, number>();
  for (const { group } of parts) counts.set(group, (counts.get(group) ?? 0) + 1);
  for (const [i, { metric, group }] of parts.entries()) {
    const alone = counts.get(group) === 1;
    const words = [
      group.name,
      alone && group.name !== '' ? '' : metrics[metric]!.name,
      profile.estimated ? ESTIMATE_SUFFIX : '',
    ];
    sink.write(i > 0 ? ',\n' : '\n');
    const name = words.filter((word) => word !== '').join(' ');
    writeProfile(name, profile, samples, metric, group.rows, numbers, sink);
  }
  const active = Math.max(
    0,
    parts.findIndex(({ metric }) => metric === defaultMetric(profile)),
  );
  sink.write('\n]');
  if (meta.title !== undefined) sink.write(`,"name":${JSON.stringify(meta.title)}`);
  sink.write(`,"activeProfileIndex":${active},"exporter":"prof2dot@${VERSION}"}\n`);
}

/** A reader that takes profiles of one unit for one metric adds up what does not belong together. */
function noteUnits(metrics: Metric[], sink: Sink): void {
  const units = metrics.map((metric) => unitOf(metric).unit);
  if (new Set(units).size === units.length) return;
  const shared = metrics.filter((_, m) => units.indexOf(units[m]!) !== units.lastIndexOf(units[m]!));
  const names = shared.map(({ name }) => name).join(', ');
  sink.note('one-unit', `only the names of profiles tell metrics of one unit apart: ${names}`);
}

/** What is written of the frames, and the number of each frame among them. */
function framesOf(
  { functions, frames }: Profile,
  by: 'function' | 'line',
  sink: Sink,
): { frames: object[]; numbers: Int32Array } {
  const numbers = new Int32Array(frames.length);
  const ids = new Map<string, number>();
  const written: object[] = [];
  let lines = 0;
  for (let i = 0; i < frames.length; i++) {
    const func = frames.func[i]!;
    const apart = by === 'line' && frames.line[i]! > 0;
    const line = apart ? frames.line[i]! : functions.line[func]!;
    const column = apart ? frames.column[i]! : functions.column[func]!;
    if (frames.line[i]! > 0 && frames.line[i] !== line) lines++;
    const key = `${func} ${line} ${column}`;
    let id = ids.get(key);
    if (id === undefined) {
      id = written.length;
      ids.set(key, id);
      const file = functions.file[func]!;
      written.push({
        name: functions.name[func]!,
        ...(file !== '' && { file }),
        ...(line > 0 && { line }),
        ...(column > 0 && { col: column }),
      });
    }
    numbers[i] = id;
  }
  if (lines > 0)
    sink.note(
      'lines',
      'the lines inside of functions are not written',
      '--speedscope.by line keeps them apart',
    );
  return { frames: written, numbers };
}

/** Rows of the samples by what their labels set apart. */
function groupsOf({ stacks, labels }: SampleRows, labelSets: Label[][], sink: Sink): Group[] {
  const { length } = stacks;
  if (!labels) return [{ name: '', rows: Array.from({ length }, (_, i) => i) }];
  const plain: Group = { name: '', rows: [] };
  const groups: Group[] = [];
  const byName = new Map([['', plain]]);
  const lost = new Set<string>();
  const ofSet = labelSets.map((set) => {
    const apart = set.filter(({ key }) => APART.has(key));
    for (const { key } of set) if (!APART.has(key)) lost.add(key);
    const only = apart.length === 1 && apart[0]!.key === 'profile';
    const name = only ? `${apart[0]!.value}` : apart.map(({ key, value }) => `${key} ${value}`).join(', ');
    let group = byName.get(name);
    if (!group) {
      group = { name, rows: [] };
      byName.set(name, group);
    }
    return group;
  });
  for (let i = 0; i < length; i++) {
    const group = ofSet[labels[i]!] ?? plain;
    if (group.rows.length === 0) groups.push(group);
    group.rows.push(i);
  }
  if (groups.length === 0) groups.push(plain);
  if (lost.size > 0) sink.note('labels', `labels are not written: ${[...lost].join(', ')}`);
  return groups;
}

function writeProfile(
  name: string,
  profile: Profile,
  { stacks, values }: SampleRows,
  m: number,
  rows: number[],
  numbers: Int32Array,
  sink: Sink,
): void {
  const column = values[m]!;
  const { unit, factor } = unitOf(profile.metrics[m]!);
  const taken = rows.filter((row) => column[row]! > 0);
  const negative = rows.filter((row) => column[row]! < 0).length;
  if (negative > 0)
    sink.lost('negative', `negative values are left out, they have no place there: ${negative}`);
  const total = text(
    taken.reduce<Value>((sum, row) => add(sum, column, row), 0),
    factor,
  );
  const head = `"name":${JSON.stringify(name)},"unit":"${unit}","startValue":0,"endValue":${total},`;
  if (isSmallerAsTree(profile, taken)) {
    const { nodes } = profile;
    const nodeOf = nodesOf(profile);
    const self = new Float64Array(nodes.length);
    for (const row of taken) if (nodeOf[row]! >= 0) self[nodeOf[row]!]! += Number(column[row]!) * factor;
    sink.write(`{"type":"evented",${head}`);
    writeEvents(nodes, self, numbers, sink);
    return;
  }
  sink.write(`{"type":"sampled",${head}`);
  sink.write('"samples":[');
  for (const [i, row] of taken.entries()) {
    stacks.goto(row);
    const { frame, from, to } = stacks;
    const stack = new Array<number>(to - from);
    for (let d = 0; d < stack.length; d++) stack[d] = numbers[frame[from + d]!]!;
    sink.write(`${i > 0 ? ',\n' : ''}[${stack.join(',')}]`);
  }
  sink.write('],"weights":[');
  for (const [i, row] of taken.entries()) sink.write(`${i > 0 ? ',' : ''}${text(column[row]!, factor)}`);
  sink.write(']}');
}

/** Node by row of `eachSample`. */
function nodesOf({ samples, nodes }: Profile): Int32Array {
  return (samples ?? selfRows(nodes)).node;
}

/** Whether stacks are so many, and so much alike, that they take less room as a tree. Makes no tree of a list. */
function isSmallerAsTree(profile: Profile, rows: number[]): boolean {
  const { stacks } = profile;
  if (stacks) {
    const count = framesListed(stacks, rows);
    return count > MANY_FRAMES && count > newFrames(stacks, rows) * FRAMES_OF_NODE;
  }
  const nodeOf = nodesOf(profile);
  const count = framesIn(
    profile.nodes,
    rows.map((row) => nodeOf[row]!),
  );
  return count > MANY_FRAMES && count > profile.nodes.length * FRAMES_OF_NODE;
}

/** How many frames the stacks do not share with the one before: at least as many as their tree has nodes. */
function newFrames({ start, frame }: StackTable, rows: number[]): number {
  let count = 0;
  let [before, depthBefore] = [0, 0];
  for (const row of rows) {
    const from = start[row]!;
    const depth = start[row + 1]! - from;
    const most = Math.min(depth, depthBefore);
    let shared = 0;
    while (shared < most && frame[from + shared] === frame[before + shared]) shared++;
    count += depth - shared;
    [before, depthBefore] = [from, depth];
  }
  return count;
}

function framesListed({ start }: StackTable, rows: number[]): number {
  return rows.reduce((sum, row) => sum + start[row + 1]! - start[row]!, 0);
}

/** How many frames the stacks of these nodes have in all. */
function framesIn({ parent, length }: NodeTable, nodes: number[]): number {
  const depth = new Int32Array(length);
  for (let n = 0; n < length; n++) depth[n] = parent[n]! < 0 ? 1 : depth[parent[n]!]! + 1;
  return nodes.reduce((sum, n) => sum + (depth[n] ?? 0), 0);
}

function add(sum: Value, column: Column, row: number): Value {
  return column instanceof BigInt64Array ? BigInt(sum) + column[row]! : Number(sum) + column[row]!;
}

function text(value: Value, factor: number): string {
  return `${typeof value === 'bigint' ? value * BigInt(factor) : value * factor}`;
}

/** The unit that speedscope knows, and how many of it make one of the metric's. */
function unitOf(metric: Metric): { unit: string; factor: number } {
  const unit = unitName(metric.unit);
  if (UNITS.has(unit)) return { unit, factor: 1 };
  const seconds = secondsPerUnit(metric);
  if (seconds !== undefined) return { unit: 'seconds', factor: seconds };
  const bytes = bytesPerUnit(metric);
  return bytes === undefined ? { unit: 'none', factor: 1 } : { unit: 'bytes', factor: bytes };
}
