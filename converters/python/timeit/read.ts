/** Gathers the lines of each timing, and makes a flat profile of them. */
import { type Profile, ProfileBuilder, type Source } from '../../../src/plugin.ts';
import { FIGURES, type Figure } from './figures.ts';
import { PROMPT, type Said, type Tool, timingIn } from './lines.ts';

/** What else the tools print. */
const REMARK =
  /^(raw times: |The slowest run took |:\d+: UserWarning: |Compiler *: |Parser *: |Command (exited with non-zero status|terminated by signal|stopped by signal) \d+$)|^(Page size \(bytes\)|Exit status): \d+$/;

interface Timing {
  tool: Tool;
  name: string;
  figures: Map<Figure, number>;
}

export function readFile(source: Source): Profile {
  const { list, comments } = readTimings(source);
  return profileOf(source, list, comments);
}

function readTimings(source: Source): { list: Timing[]; comments: string[] } {
  const list: Timing[] = [];
  const comments: string[] = [];
  const lines = source.lines();
  let prompted = '';
  let open: Timing | undefined;
  while (lines.next()) {
    const whole = lines.text().trim();
    const line = whole.replace(PROMPT, '');
    const said = line === '' ? {} : (timingIn(line) ?? remarkIn(line));
    if (!said) {
      if (line !== whole) prompted = line;
      else source.warn('other-text', 'text that is no timing is left out', lines.place());
      continue;
    }
    if (line !== '') comments.push(line);
    const { tool, figures = [], name } = said;
    if (!tool) continue;
    if (said.first || open?.tool !== tool || figures.some(([figure]) => open!.figures.has(figure))) {
      open = { tool, name: name ?? prompted, figures: new Map() };
      list.push(open);
      prompted = '';
    }
    for (const [figure, value] of figures) open.figures.set(figure, value);
  }
  return { list, comments };
}

/** What a line says that says nothing of a timing; undefined if it is of no tool. */
function remarkIn(line: string): Said | undefined {
  return REMARK.test(line) ? {} : undefined;
}

function profileOf(source: Source, timings: Timing[], comments: string[]): Profile {
  // Of the many counts of GNU time most are 0; times say something even then.
  const metrics = FIGURES.filter(({ name, unit }) =>
    timings.some(({ figures }) => (unit === 'nanoseconds' ? figures.has(name) : figures.get(name))),
  );
  if (metrics[0]?.unit !== 'nanoseconds') {
    const hint = 'a line reads `10000 loops, best of 5: 21.8 usec per loop`, or `real 0.42`';
    source.fail('no-timings', 'there is no timing in it', undefined, hint);
  }
  const builder = new ProfileBuilder(metrics.map((metric) => ({ ...metric })));
  builder.meta.comments = comments;
  const [only] = timings;
  if (timings.length === 1 && only!.name !== '') builder.meta.command = only!.name;
  const titleOf = uniqueTitles();
  const frame = new Int32Array(timings.length);
  const values = metrics.map(() => new Float64Array(timings.length));
  for (const [i, { tool, name, figures }] of timings.entries()) {
    const title = titleOf(name || tool);
    frame[i] = builder.addFrame(builder.addFunction(title));
    for (const [m, metric] of metrics.entries()) {
      const value = figures.get(metric.name);
      values[m]![i] = value ?? 0;
      if (value === undefined)
        source.warn('not-measured', `${metric.name} of ${title} is not known, and counts as 0`);
    }
  }
  return builder.flat({ frame, self: values, total: values });
}

/** Gives each text once, and with a number after that. */
function uniqueTitles(): (text: string) => string {
  const counts = new Map<string, number>();
  return (text) => {
    let count = (counts.get(text) ?? 0) + 1;
    let title = count === 1 ? text : `${text} (${count})`;
    while (counts.has(title)) title = `${text} (${++count})`;
    counts.set(text, count);
    counts.set(title, Math.max(1, counts.get(title) ?? 0));
    return title;
  };
}
