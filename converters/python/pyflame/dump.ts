/** `--dump`: the stack of each thread, leaf first, below its number; `*` marks the one that holds the GIL. */
import {
  Int32List,
  Interner,
  type Label,
  type Profile,
  type Source,
  trimmedEnd,
} from '../../../src/plugin.ts';
import { ThreadDump } from '../thread-dump.ts';
import { threadLabels } from '../thread-labels.ts';
import { frameReader } from './frames.ts';
import { THREAD } from './thread-line.ts';

const COLON = 58;

/** The first line that holds more than blanks is that of a thread. */
export function readDump(source: Source): Profile {
  const dump = new ThreadDump();
  const frameOf = frameReader(dump.builder);
  const lines = source.lines();
  const names = new Interner();
  const frames = new Int32List();
  let stack = new Int32List(64);
  let labels: Label[] | undefined;
  const finish = () => {
    if (labels) dump.add(stack.trimmed(), labels);
    stack = new Int32List(64);
  };
  while (lines.next()) {
    const { bytes, view, start } = lines;
    const end = trimmedEnd(bytes, start, lines.end);
    if (end === start) continue;
    const thread = bytes[end - 1] === COLON ? THREAD.exec(lines.text(start, end)) : null;
    if (thread) {
      finish();
      labels = threadLabels('', thread[1]!);
      if (thread[2] === '*') labels.push({ key: 'state', value: 'gil' });
    } else {
      const name = names.intern(bytes, view, start, end);
      if (name === frames.length) frames.push(frameOf(names.text(name)));
      stack.push(frames.array[name]!);
    }
  }
  finish();
  return dump.profile();
}
