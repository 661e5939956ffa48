/** What a file says of the whole in comments, since pprof has no field for it, and what it does not say. */
import type { Profile, Sink } from '../../../src/plugin.ts';
import { ESTIMATE_COMMENT } from '../estimate-mark.ts';

/** The profile's comments, and with them what would be lost otherwise. */
export function commentsOf({ meta, mappings, estimated }: Profile): string[] {
  const { comments = [], producer, command, title } = meta;
  const lines = [...comments];
  if (title !== undefined) lines.push(`title: ${title}`);
  if (producer !== undefined) lines.push(`producer: ${producer}`);
  if (command !== undefined && command !== mappings[0]?.name) lines.push(`command: ${command}`);
  if (estimated) lines.push(ESTIMATE_COMMENT);
  return lines;
}

/** Tells what pprof has no place for. Looks at nothing that would have to be made first. */
export function noteLosses(profile: Profile, sink: Sink): void {
  const { functions, stacks, stackDetails } = profile;
  const times = stacks ? stackDetails?.time : profile.samples?.time;
  const calls = functions.calls ?? (stacks ? undefined : profile.nodes.calls);
  const left = [
    times && 'times of samples',
    'lines' in profile && 'values by line',
    calls && 'numbers of calls',
    functions.column.some((column) => column > 0) && 'columns of functions',
    functions.process && 'processes of functions',
    profile.metrics.some(({ title }) => title !== undefined) && 'titles of metrics',
  ].filter(Boolean);
  if (left.length > 0) sink.note('left-out', `pprof has no place for ${left.join(', ')}`);
}
