/** The tree of calls that spans make, by operation; the kind of an operation groups it. */
import { grown, type Label, type Profile, ProfileBuilder, type Source } from '../../../src/plugin.ts';
import { SampledTree } from '../sampled-tree.ts';
import { type Span, Spans } from './spans.ts';

/** Nanoseconds in a microsecond. */
const MICRO = 1000;
const NO_OPERATION = '(no operation)';

export function profileOf(spans: Spans, source: Source): Profile {
  const list = [...spans.byId.values()].sort((a, b) => (a.start < b.start ? -1 : a.start > b.start ? 1 : 0));
  if (list.length === 0) {
    const hint = 'spans are sent when their request is over: was the recording stopped before?';
    source.fail('no-spans', 'there are no spans in it', undefined, hint);
  }
  const parent = parentsOf(list, spans, source);
  const order = parentsFirst(parent);
  const self = selves(list, parent, order, source);
  const builder = new ProfileBuilder([{ name: 'time', unit: 'microseconds' }]);
  const tree = new SampledTree(1);
  const node = new Int32Array(list.length);
  let calls = new Float64Array(64);
  for (const i of order) {
    const span = list[i]!;
    const func = functionOf(span.operation, builder);
    builder.addCalls(func, 1);
    const at = tree.tree.child(parent[i]! < 0 ? -1 : node[parent[i]!]!, builder.frame(func));
    node[i] = at;
    calls = grown(calls, at + 1);
    calls[at]!++;
    const since = Number(span.start - list[0]!.start);
    tree.add(at, [self[i]! / MICRO], since, builder.labels(labelsOf(span, spans)));
  }
  const { meta } = builder;
  meta.producer = spans.language === undefined ? 'Scout APM' : `Scout APM (${spans.language})`;
  meta.startTime = list[0]!.start;
  if (spans.application !== undefined) meta.title = spans.application;
  return tree.profile(builder, calls.subarray(0, tree.tree.length));
}

function functionOf(operation: string, builder: ProfileBuilder): number {
  if (operation === '') return builder.function(NO_OPERATION);
  const [kind] = operation.split('/', 1);
  return builder.function(operation, { mapping: builder.mapping(kind!) });
}

/** By span: the number of its parent, or -1. */
function parentsOf(list: Span[], spans: Spans, source: Source): Int32Array {
  const numbers = new Map(list.map((span, i) => [span, i]));
  const parent = new Int32Array(list.length).fill(-1);
  for (const [i, { request, parent: id }] of list.entries()) {
    if (id === '') continue;
    const span = spans.byId.get(Spans.id(request, id));
    if (span) parent[i] = numbers.get(span)!;
    else source.warn('unknown-parent', `a span is part of ${id}, which is not there: it becomes a root`);
  }
  breakCycles(parent, source);
  return parent;
}

function breakCycles(parent: Int32Array, source: Source): void {
  /** Number of the walk, from 1, that met the span. */
  const met = new Int32Array(parent.length);
  for (let i = 0; i < parent.length; i++) {
    let at = i;
    while (at >= 0 && met[at] === 0) {
      met[at] = i + 1;
      at = parent[at]!;
    }
    if (at < 0 || met[at] !== i + 1) continue;
    parent[at] = -1;
    source.warn('cycle', 'a span is part of itself: it becomes a root');
  }
}

/** All spans, parents before their children. */
function parentsFirst(parent: Int32Array): Int32Array {
  const { length } = parent;
  const firstChild = new Int32Array(length).fill(-1);
  const next = new Int32Array(length).fill(-1);
  const order = new Int32Array(length);
  let filled = 0;
  for (let i = length - 1; i >= 0; i--) {
    if (parent[i]! < 0) continue;
    next[i] = firstChild[parent[i]!]!;
    firstChild[parent[i]!] = i;
  }
  for (let i = 0; i < length; i++) if (parent[i]! < 0) order[filled++] = i;
  for (let done = 0; done < filled; done++) {
    for (let child = firstChild[order[done]!]!; child >= 0; child = next[child]!) order[filled++] = child;
  }
  return order;
}

/** By span: nanoseconds less those of its children. */
function selves(list: Span[], parent: Int32Array, order: Int32Array, source: Source): Float64Array {
  const self = new Float64Array(list.length);
  const ofChildren = new Float64Array(list.length);
  for (let k = order.length - 1; k >= 0; k--) {
    const i = order[k]!;
    const { operation, start, stop } = list[i]!;
    let duration = ofChildren[i]!;
    if (stop === undefined) {
      source.warn(
        'unfinished',
        `${operation || NO_OPERATION} did not end: its own time is not known, and taken for none`,
      );
    } else {
      duration = Number(stop - start);
      if (duration < 0)
        source.warn(
          'negative-time',
          `${operation || NO_OPERATION} ended before it began: its time is left out`,
        );
      duration = Math.max(0, duration);
    }
    const own = duration - ofChildren[i]!;
    if (own < 0) {
      const message = `the parts of ${operation || NO_OPERATION} overlap, and add up to more than it took: its own time is none`;
      source.warn('overlap', message);
    }
    self[i] = Math.max(0, own);
    if (parent[i]! >= 0) ofChildren[parent[i]!]! += duration;
  }
  return self;
}

function labelsOf({ request, tags }: Span, { requestTags }: Spans): Label[] {
  const labels: Label[] = [{ key: 'request', value: request }];
  for (const set of [requestTags.get(request), tags]) {
    for (const [key, value] of set ?? []) labels.push({ key, value });
  }
  return labels;
}
