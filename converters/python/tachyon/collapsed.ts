/**
 * Collapsed stacks of Tachyon: `tid:140;app.py:main:12;app.py:parse:30 7`.
 *
 * The surprise: of a file only the last part of its path is there; frames that are no code are a bare name.
 */
import {
  Float64List,
  findByte,
  Int32List,
  Interner,
  type Profile,
  type ProfileBuilder,
  type Source,
  StackTree,
} from '../../../src/plugin.ts';
import { EMPTY_STACK } from '../sampled-tree.ts';
import { nodesOf, StackLines } from '../stack-lines.ts';
import { threadLabels } from '../thread-labels.ts';

const SEMICOLON = 59;
const THREAD = 'tid:';
/** `file:function:line`; the file may hold colons. */
const FRAME = /^(.*):([^:]*):(-?\d+)$/s;

export function parseCollapsed(source: Source, builder: ProfileBuilder): Profile {
  const lines = new StackLines(source);
  const tree = new StackTree(1, source.size, (text) => frameOf(builder, text));
  const threads = new Interner();
  /** Label set by interned thread. */
  const sets = new Int32List();
  const node = new Int32List();
  const labels = new Int32List();
  const values = new Float64List();
  while (lines.next()) {
    const { bytes, view } = lines.reader;
    let { start } = lines;
    let label = -1;
    if (lines.reader.startsWith(THREAD)) {
      const end = findByte(bytes, view, start, lines.end, SEMICOLON);
      const thread = threads.intern(bytes, view, start + THREAD.length, end);
      if (thread === sets.length) sets.push(builder.labels(threadLabels('', threads.text(thread))));
      label = sets.array[thread]!;
      start = Math.min(end + 1, lines.end);
    }
    const at = tree.node(lines.reader, start, lines.end);
    tree.add(at, 0, lines.count);
    node.push(at);
    labels.push(label);
    values.push(lines.count);
  }
  const samples = {
    length: node.length,
    node: node.trimmed(),
    values: [values.trimmed()],
    labels: labels.trimmed(),
  };
  return builder.tree(nodesOf(tree, source), { samples });
}

function frameOf(builder: ProfileBuilder, text: string): number {
  const [, file, name, line] = FRAME.exec(text) ?? [];
  if (name === undefined) return builder.frame(builder.function(text || EMPTY_STACK));
  const number = Number(line);
  const known = number > 0 && number < 2 ** 31;
  return builder.frame(builder.function(name, { file: file! }), { line: known ? number : 0 });
}
