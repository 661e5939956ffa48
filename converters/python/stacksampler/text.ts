/** What stacksampler serves: `elapsed` and `granularity` in seconds, then a stack and its count a line. */
import {
  doubles,
  type LineReader,
  type Profile,
  ProfileBuilder,
  type Source,
  StackTree,
} from '../../../src/plugin.ts';
import { shifted } from '../decimal.ts';
import { nodesOf, SAMPLES, StackLines } from '../stack-lines.ts';
import { frameReader } from './frames.ts';
import { ELAPSED, GRANULARITY } from './header.ts';

const TIME = { name: 'time', unit: 'nanoseconds' };
const NANO = 9;

export function readText(source: Source): Profile {
  const lines = new StackLines(source);
  const elapsed = headerValue(source, lines.reader, ELAPSED, 'elapsed 12.5');
  const granularity = headerValue(source, lines.reader, GRANULARITY, 'granularity 0.005');
  const builder = new ProfileBuilder([SAMPLES, TIME]);
  builder.meta.duration = elapsed;
  builder.meta.period = { metric: TIME, value: granularity };
  const tree = new StackTree(1, source.size, frameReader(builder));
  lines.addTo(tree);
  const { frame, parent, self } = nodesOf(tree, source);
  const time = doubles(self[0]!).map((count) => count * granularity);
  return builder.tree({ frame, parent, self: [self[0]!, time] });
}

/** The number of the next line, in nanoseconds. */
function headerValue(source: Source, lines: LineReader, pattern: RegExp, example: string): number {
  let match: RegExpExecArray | null = null;
  while (!match && lines.next()) {
    const text = lines.text().trim();
    match = pattern.exec(text);
    if (!match && text !== '') break;
  }
  const value = match ? shifted(match[1]!, NANO) : Number.NaN;
  if (!Number.isFinite(value))
    source.fail(
      'bad-header',
      `expected a line like \`${example}\``,
      lines.line > 0 ? lines.place() : undefined,
    );
  return value;
}
