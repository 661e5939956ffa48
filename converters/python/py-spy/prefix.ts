/** The frames above a stack that say where it was seen: `process 12:"python app.py"`, `thread (13): MainThread`. */
import { isFrame } from './frame-text.ts';

const PROCESS = /^process (\d+):"(.*)$/s;
const THREAD = /^thread \((\d+|0x[0-9a-f]+)\)(?:: (.*))?$/is;

export interface Prefix {
  kind: 'process' | 'thread';
  id: string;
  /** The command line of a process, with the quote behind it; the name of a thread, '' = none. */
  text: string;
  /** The quote behind the command line has not come yet. */
  open: boolean;
  above: Prefix | undefined;
}

/** What the next frame below `above` says of where the stack was seen; undefined if it is the stack's first. */
export function prefixAt(text: string, above: Prefix | undefined): Prefix | undefined {
  if (!above?.open) {
    const found = PROCESS.exec(text);
    if (found)
      return { kind: 'process', id: found[1]!, text: found[2]!, open: !found[2]!.endsWith('"'), above };
    const thread = THREAD.exec(text);
    if (thread) return { kind: 'thread', id: thread[1]!, text: thread[2] ?? '', open: false, above };
    if (!above || isFrame(text)) return undefined;
  }
  // It is what follows a semicolon in a name or command line.
  return {
    ...above,
    text: `${above.text};${text}`,
    open: above.kind === 'process' && !text.endsWith('"'),
  };
}
