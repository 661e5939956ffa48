/** The head of a file: what was run, and what its columns mean. The order of the lines is KCachegrind's. */
import * as z from 'zod/mini';
import { type Meta, type Metric, type Profile, type Sink, unitName, VERSION } from '../../../src/plugin.ts';
import { oneLine } from './function-names.ts';
import type { WholeCosts } from './whole-costs.ts';

/** What the parser leaves in `meta.raw`, as far as it is needed here. */
const leftovers = z.object({
  events: z.array(z.string()),
  parts: z.array(z.object({ summary: z.optional(z.string()) })),
});

export function writeHeader(profile: Profile, costs: WholeCosts[], sink: Sink): void {
  const { metrics, meta } = profile;
  sink.write(`# callgrind format\nversion: 1\ncreator: prof2dot ${VERSION}\n`);
  if (meta.command !== undefined) sink.write(`cmd: ${oneLine(meta.command)}\n`);
  for (const note of notes(profile)) sink.write(`desc: ${oneLine(note)}\n`);
  sink.write('positions: line\n');
  const events = eventNames(metrics);
  for (const [m, event] of events.entries()) {
    const title = eventTitle(metrics[m]!, costs[m]!.unit) || event;
    if (title !== event && /^[A-Za-z_]\w*$/.test(event)) sink.write(`event: ${event} : ${title}\n`);
  }
  const stated = statedSums(meta, events);
  const sums = costs.map(({ sum, factor }, m) =>
    stated[m] === undefined || !Number.isInteger(factor) ? sum : stated[m] * BigInt(factor),
  );
  sink.write(`events: ${events.join(' ')}\nsummary: ${sums.join(' ')}\n`);
}

function notes({ meta, estimated, arcs }: Profile): Set<string> {
  const found = new Set<string>();
  // What we wrote ourselves says among its comments who made it first.
  if (meta.producer !== undefined && !meta.producer.startsWith('prof2dot '))
    found.add(`Producer: ${meta.producer}`);
  if (meta.title !== undefined) found.add(`Title: ${meta.title}`);
  for (const text of meta.comments ?? []) found.add(/^\w[^:]*: /.test(text) ? text : `Comment: ${text}`);
  if (estimated) found.add('Estimated: some of the costs are a guess');
  if (arcs!.calls.subarray(0, arcs!.length).some(Number.isNaN))
    found.add('Calls: where the count is not known, 1 is written');
  return found;
}

/** Names without blanks, each once. */
function eventNames(metrics: Metric[]): string[] {
  const taken = new Set<string>();
  for (const { name } of metrics) {
    const word = oneLine(name).replace(/\s+/g, '_') || 'cost';
    let event = word;
    for (let i = 2; taken.has(event); i++) event = `${word}_${i}`;
    taken.add(event);
  }
  return [...taken];
}

/** The long name, which is the only place for a unit. */
function eventTitle({ name, title = name }: Metric, unit: string): string {
  const plain = ['', 'count', unitName(name)].includes(unit) || title.includes(unit);
  return oneLine(plain ? title : `${title} (${unit})`);
}

/** The sums that a callgrind file stated: the program's, which need not be what its functions add up to. */
function statedSums(meta: Meta, events: string[]): bigint[] {
  const { data } = leftovers.safeParse(meta.raw?.['callgrind']);
  const summary = data?.parts.length === 1 ? data.parts[0]!.summary : undefined;
  const same = data?.events.every((name, m) => name === events[m]);
  return same && summary !== undefined && /^\d+( \d+)*$/.test(summary) ? summary.split(' ').map(BigInt) : [];
}
