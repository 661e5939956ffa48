/** The profile that a trace makes: a tree of what began inside of what, with samples of each stretch of time. */
import {
  CallTree,
  Float64List,
  Int32List,
  type Label,
  type Profile,
  type SampleTable,
  type Source,
  summed,
} from '../../../src/plugin.ts';
import { COMPLETE, type Thread, type Trace } from './read.ts';
import { type Faults, Replay, type Stretches } from './replay.ts';

const NANOS = 1000;
/** Phases of events that last, but belong to no stack. */
const ASYNC = new Set(['b', 'e', 'n', 'S', 'T', 'F', 'p']);
const CPU_PROFILE = 'P';

export function profileOf(trace: Trace, source: Source): Profile {
  const { builder, kind, time, others } = trace;
  if (kind.length === 0) {
    const hint = others.has(CPU_PROFILE) ? 'it may hold CPU profiles: save those as .cpuprofile' : undefined;
    source.fail('no-durations', 'there are no events with durations in it (B, E, X)', undefined, hint);
  }
  tellOthers(others, source);
  const tree = new CallTree();
  const stretches: Stretches = {
    node: new Int32List(),
    thread: new Int32List(),
    from: new Float64List(),
    value: new Float64List(),
    calls: new Float64List(),
  };
  const faults: Faults = { notBegun: 0, notEnded: 0, cut: 0 };
  const order = inOrder(trace);
  const threadOf = trace.thread.array;
  for (let from = 0, to = 0; from < order.length; from = to) {
    for (to = from + 1; to < order.length && threadOf[order[to]!] === threadOf[order[from]!]; ) to++;
    new Replay(trace, tree, stretches, faults).run(order.subarray(from, to));
  }
  tellFaults(faults, source);
  let start = Number.POSITIVE_INFINITY;
  for (const each of time.trimmed()) start = Math.min(start, each);
  const labels = trace.threads.map((thread) => builder.labels(labelsOf(trace, thread)));
  const samples = samplesOf(stretches, start, labels);
  const { length } = tree;
  return builder.tree(
    {
      frame: tree.frame.subarray(0, length),
      parent: tree.parent.subarray(0, length),
      self: [summed([samples.values[0]!], [samples.node], length)],
      ...(!trace.sampled && { calls: stretches.calls.trimmed() }),
    },
    { samples },
  );
}

function tellOthers(others: Map<string, number>, source: Source): void {
  const tell = (phases: [string, number][]) => phases.map(([phase, count]) => `${count} ${phase}`).join(', ');
  const all = [...others];
  const async = all.filter(([phase]) => ASYNC.has(phase));
  const plain = all.filter(([phase]) => !ASYNC.has(phase) && phase !== CPU_PROFILE);
  const profiles = others.get(CPU_PROFILE);
  if (async.length > 0)
    source.warn('async', `asynchronous events, which are on no stack, are left out: ${tell(async)}`);
  if (profiles !== undefined)
    source.warn(
      'cpu-profile',
      `events of CPU profiles are left out: ${profiles}`,
      undefined,
      'save those as .cpuprofile',
    );
  if (plain.length > 0) source.note('other-events', `events that do not last are left out: ${tell(plain)}`);
}

function tellFaults({ notBegun, notEnded, cut }: Faults, source: Source): void {
  if (notBegun > 0)
    source.warn('not-begun', `events that end without being the innermost are left out: ${notBegun}`);
  if (notEnded > 0)
    source.warn('not-ended', `events that never end are ended with the last one: ${notEnded}`);
  if (cut > 0) source.warn('cut', `events that last longer than the one around them are cut: ${cut}`);
}

/** The events by thread, then by time; of those that begin at one time, longer ones are around shorter ones. */
function inOrder({ kind, thread, time, duration }: Trace): Int32Array {
  const order = new Int32Array(kind.length).map((_, i) => i);
  const [kinds, threads, times, durations] = [kind.array, thread.array, time.array, duration.array];
  const lasts = (event: number) => (kinds[event] === COMPLETE ? durations[event]! : -1);
  order.sort((a, b) => threads[a]! - threads[b]! || times[a]! - times[b]! || a - b);
  // Only events with a duration change places, among those of them that begin together.
  for (let from = 0, to = 0; from < order.length; from = to) {
    const first = order[from]!;
    const together = (event: number) => threads[event] === threads[first] && times[event] === times[first];
    for (to = from + 1; to < order.length && together(order[to]!); ) to++;
    const places = order.subarray(from, to);
    if (places.length < 2) continue;
    const complete = places.filter((event) => lasts(event) >= 0);
    if (complete.length < 2) continue;
    complete.sort((a, b) => lasts(b) - lasts(a) || a - b);
    let next = 0;
    for (let i = 0; i < places.length; i++) if (lasts(places[i]!) >= 0) places[i] = complete[next++]!;
  }
  return order;
}

/** Names, or ids where there are none; beside a name, the id is a label of its own. */
function labelsOf({ processNames, threadNames }: Trace, { process, thread }: Thread): Label[] {
  const of = (key: string, name: string | undefined, id: string): Label[] => {
    const number = /^\d{1,15}$/.test(id) ? Number(id) : id;
    if (!name) return id === '' ? [] : [{ key, value: number }];
    return [{ key, value: name }, ...(id === '' ? [] : [{ key: `${key} id`, value: number }])];
  };
  return [
    ...of('process', processNames.get(process), process),
    ...of('thread', threadNames.get(`${process}\0${thread}`), thread),
  ];
}

/** In order of time, over all threads. */
function samplesOf(stretches: Stretches, start: number, labels: number[]): SampleTable {
  const { node, thread, from, value } = stretches;
  const order = new Int32Array(node.length).map((_, i) => i);
  order.sort((a, b) => from.array[a]! - from.array[b]! || a - b);
  return {
    length: order.length,
    node: order.map((i) => node.array[i]!),
    values: [Float64Array.from(order, (i) => value.array[i]!)],
    time: Float64Array.from(order, (i) => (from.array[i]! - start) * NANOS),
    labels: order.map((i) => labels[thread.array[i]!]!),
  };
}
