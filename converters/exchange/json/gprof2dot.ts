/**
 * gprof2dot's own JSON: functions, and events with a call chain and costs.
 *
 * Written by memtrail and by scripts that feed gprof2dot.
 * Spec: https://github.com/jrfonseca/gprof2dot/blob/main/schema.json
 * The surprise: call chains are leaf first, and an event counts as a call of its leaf.
 */
import { Int32List, type Metric, type Profile, ProfileBuilder, type Source } from '../../../src/plugin.ts';
import { Checked } from './checked.ts';

/** Whether a document whose top level has these keys is gprof2dot's. */
export function isGprof2dotJson(keys: ReadonlySet<string>): boolean {
  return keys.has('functions') && keys.has('events') && keys.has('version');
}

/** Reads the parsed document; fails on what does not follow the schema. */
export function parseGprof2dotJson(document: unknown, source: Source): Profile {
  const checked = new Checked(source);
  const top = checked.object(document, '$');
  if (top['version'] !== 0) checked.wrong('version', '0', top['version'], 'no other version is known');
  const builder = new ProfileBuilder(metrics(checked, top['costs']));
  const functions = checked.array(top['functions'], 'functions');
  for (const [i, value] of functions.entries()) addFunction(checked, builder, value, i);
  return readEvents(checked, builder, checked.array(top['events'], 'events'));
}

function metrics(checked: Checked, costs: unknown): Metric[] {
  const rows = costs === undefined ? [] : checked.array(costs, 'costs');
  if (rows.length === 0) return [{ name: 'samples', unit: 'samples' }];
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

function readEvents(checked: Checked, builder: ProfileBuilder, events: unknown[]): Profile {
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
    if (cost.length > width) {
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
  const stacks = { length, start: start.subarray(0, length + 1), frame: frame.trimmed() };
  return builder.stacks(
    stacks,
    values.map((column) => column.subarray(0, length)),
  );
}

function costOf(checked: Checked, value: unknown, path: string): number {
  const cost = checked.number(value, path);
  if (!Number.isFinite(cost)) checked.wrong(path, 'a finite number', cost);
  if (Math.abs(cost) > Number.MAX_SAFE_INTEGER)
    checked.warn('inexact-cost', 'a cost beyond 2^53 may be rounded', path);
  return cost;
}
