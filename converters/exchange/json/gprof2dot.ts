/**
 * gprof2dot's own JSON: functions, and events with a call chain and costs.
 *
 * Written by memtrail and by scripts that feed gprof2dot.
 * Spec: https://github.com/jrfonseca/gprof2dot/blob/main/schema.json
 * The surprise: call chains are leaf first, and an event counts as a call of its leaf.
 */
import {
  type Column,
  ExactSums,
  Int32List,
  type Metric,
  maybeRounded,
  type Profile,
  ProfileBuilder,
  type Source,
  type StackTable,
} from '../../../src/plugin.ts';
import { Checked } from './checked.ts';
import { exactCosts } from './exact-costs.ts';
import type { EventKind } from './gprof2dot-options.ts';

const SAMPLES: Metric = { name: 'samples', unit: 'samples' };

/** Reads the document, which is the parsed text; fails on what does not follow the schema. */
export function parseGprof2dotJson(
  document: unknown,
  text: string,
  source: Source,
  kind: EventKind,
): Profile {
  const checked = new Checked(source);
  const top = checked.object(document, '$');
  if (top['version'] !== 0) checked.wrong('version', '0', top['version'], 'no other version is known');
  const builder = new ProfileBuilder(metrics(checked, top['costs'], kind));
  const functions = checked.array(top['functions'], 'functions');
  for (const [i, value] of functions.entries()) addFunction(checked, builder, value, i);
  const { stacks, values } = readEvents(checked, builder, checked.array(top['events'], 'events'), kind);
  const costs = exactCosts(text, source, values);
  const profile = kind === 'stacks' ? builder.stacks(stacks, costs) : pairs(builder, stacks, costs[0]!);
  const { stackValues, nodes, arcs } = profile;
  const sums = stackValues ?? [...nodes.self, ...nodes.total, ...arcs!.total];
  if ([...costs, ...sums].some(maybeRounded))
    checked.warn('inexact-cost', 'costs beyond 2^53 may be rounded', 'events');
  return profile;
}

function metrics(checked: Checked, costs: unknown, kind: EventKind): Metric[] {
  const rows = costs === undefined ? [] : checked.array(costs, 'costs');
  if (rows.length === 0 || kind === 'pairs') return [SAMPLES];
  return rows.map((value, i) => {
    const cost = checked.object(value, `costs[${i}]`);
    const name = checked.text(cost['description'] ?? 'samples', `costs[${i}].description`);
    return { name, unit: checked.text(cost['unit'] ?? name.toLowerCase(), `costs[${i}].unit`) };
  });
}

function addFunction(checked: Checked, builder: ProfileBuilder, value: unknown, i: number): void {
  const { name, module, process } = checked.object(value, `functions[${i}]`);
  const func = builder.addFunction(checked.text(name, `functions[${i}].name`), {
    id: String(i),
    ...(module !== undefined && { mapping: builder.mapping(checked.text(module, `functions[${i}].module`)) }),
    ...(process !== undefined && { process: checked.text(process, `functions[${i}].process`) }),
  });
  builder.addFrame(func);
}

interface Events {
  stacks: StackTable;
  values: Float64Array[];
}

function readEvents(checked: Checked, builder: ProfileBuilder, events: unknown[], kind: EventKind): Events {
  const width = builder.metrics.length;
  const functionCount = builder.functionCount;
  const start = new Uint32Array(events.length + functionCount + 1);
  const frame = new Int32List();
  const values = builder.metrics.map(() => new Float64Array(events.length + functionCount));
  const calls = new Float64Array(functionCount);
  const used = new Uint8Array(functionCount);
  let length = 0;
  for (const [i, value] of events.entries()) {
    const event = checked.object(value, `events[${i}]`);
    const path = `events[${i}].callchain`;
    const chain = checked.array(event['callchain'], path);
    if (chain.length === 0) checked.wrong(path, 'at least one function', chain);
    for (let k = chain.length - 1; k >= 0; k--) {
      const func = checked.integer(chain[k], `${path}[${k}]`, 0, functionCount);
      frame.push(func);
      used[func] = 1;
    }
    calls[frame.array[frame.length - 1]!]!++;
    const cost = checked.array(event['cost'], `events[${i}].cost`);
    if (cost.length > width && kind === 'stacks') {
      const message = `only the first ${width} costs of an event are described, others are left out`;
      checked.warn('undescribed-cost', message, `events[${i}].cost`);
    }
    for (let m = 0; m < width; m++) values[m]![length] = costOf(checked, cost[m], `events[${i}].cost[${m}]`);
    start[++length] = frame.length;
  }
  // Functions that no event met stand in the graph nevertheless.
  for (let func = 0; func < functionCount; func++) {
    builder.addCalls(func, calls[func]!);
    if (used[func]) continue;
    frame.push(func);
    start[++length] = frame.length;
  }
  return {
    stacks: { length, start: start.subarray(0, length + 1), frame: frame.trimmed() },
    values: values.map((column) => column.subarray(0, length)),
  };
}

/** What remains of the stacks when only callers and callees are looked at. Frames are functions. */
function pairs(builder: ProfileBuilder, { length, start, frame }: StackTable, values: Column): Profile {
  const count = builder.functionCount;
  const self = new ExactSums(count);
  const total = new ExactSums(count);
  /** The stack in which a function was last met, + 1. */
  const met = new Int32Array(count);
  const arcs = new Map<number, number>();
  const caller = new Int32List();
  const callee = new Int32List();
  const arcTotal = new ExactSums();
  for (let i = 0; i < length; i++) {
    const value = values[i]!;
    const from = start[i]!;
    const to = start[i + 1]!;
    self.add(frame[to - 1]!, value);
    for (let k = to - 1; k >= from; k--) {
      const func = frame[k]!;
      if (met[func] !== i + 1) total.add(func, value);
      met[func] = i + 1;
      if (k === from) continue;
      const key = frame[k - 1]! * count + func;
      let arc = arcs.get(key);
      if (arc === undefined) {
        arc = caller.length;
        arcs.set(key, arc);
        caller.push(frame[k - 1]!);
        callee.push(func);
      }
      arcTotal.add(arc, value);
    }
  }
  const { length: arcCount } = caller;
  return builder.graph(
    {
      frame: Int32Array.from({ length: count }, (_, f) => f),
      self: [self.column(count)],
      total: [total.column(count)],
    },
    {
      length: arcCount,
      caller: caller.trimmed(),
      callee: callee.trimmed(),
      line: new Int32Array(arcCount),
      calls: new Float64Array(arcCount).fill(Number.NaN),
      total: [arcTotal.column(arcCount)],
      counts: 'every',
    },
  );
}

function costOf(checked: Checked, value: unknown, path: string): number {
  const cost = checked.number(value, path);
  if (!Number.isFinite(cost)) checked.wrong(path, 'a finite number', cost);
  return cost;
}
