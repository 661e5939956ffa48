/** The functions whose names match, each between its callers and callees. */
import { type Profile, ProfileError, type Sink } from '../../../src/plugin.ts';
import { type PeekOptions, wanted } from '../peek.ts';
import { writeBlocks } from '../report/blocks.ts';
import { subject } from '../report/heading.ts';
import { sortedRows } from '../report/rows.ts';

/** Throws `ProfileError` where no function matches. */
export async function writeMatching(
  profile: Profile,
  { title, functions, sort, json }: PeekOptions,
  sink: Sink,
): Promise<void> {
  const names = await wanted(functions);
  const about = subject(profile, sink, title);
  const all = sortedRows(profile, about.metric, sort);
  const rows = all.filter(({ name }) => names.test(name));
  if (rows.length === 0 && all.length > 0)
    throw new ProfileError({ code: 'peek/no-match', message: `no function is called like ${functions}` });
  writeBlocks(about, rows, all, json, sink);
}
