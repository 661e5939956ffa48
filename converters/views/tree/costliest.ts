/** The functions that cost most, each between its callers and callees. */
import type { Profile, Sink } from '../../../src/plugin.ts';
import { writeBlocks } from '../report/blocks.ts';
import { subject } from '../report/heading.ts';
import { sortedRows } from '../report/rows.ts';
import type { TreeOptions } from '../tree.ts';

export function writeCostliest(profile: Profile, { title, rows, sort, json }: TreeOptions, sink: Sink): void {
  const about = subject(profile, sink, title);
  const all = sortedRows(profile, about.metric, sort);
  writeBlocks(about, rows === 0 ? all : all.slice(0, rows), all, json, sink);
}
