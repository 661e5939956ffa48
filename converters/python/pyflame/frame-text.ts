/** Frames as pyflame writes them: `file:function:line`, or `file:function` with `--no-line-numbers`. */

const NO_STACK = /^\((idle|failed)\)$/;
const LINE = /^\d{1,9}$/;
/** Files of Python code, and what stands for one: `<string>`, `<frozen importlib._bootstrap>`. */
const PYTHON_FILE = /(\.py[cow]?|^<.+>)$/;
const PYTHON_NAME = /^(<\w+>|[\p{L}_][\p{L}\p{N}_]*)$/u;

interface Placed {
  file: string;
  name: string;
  line: number;
}

/** What a frame says, read from the right; undefined if it is of another form. */
export function placed(text: string): Placed | undefined {
  const last = text.lastIndexOf(':');
  const tail = text.slice(last + 1);
  const before = text.lastIndexOf(':', last - 1);
  if (before > 0 && before + 1 < last && LINE.test(tail))
    return { file: text.slice(0, before), name: text.slice(before + 1, last), line: Number(tail) };
  return last > 0 && tail !== '' ? { file: text.slice(0, last), name: tail, line: 0 } : undefined;
}

/** `(idle)` and `(failed)` stand for a stack that was not there, or not to be had. */
export function isNoStack(frames: string[]): boolean {
  return frames.length === 1 && NO_STACK.test(frames[0]!);
}

/** Whether a frame may be pyflame's: without a line, it must look very much like it. */
export function isPlaced(text: string): boolean {
  const frame = placed(text);
  return frame !== undefined && (frame.line > 0 || isPython(text));
}

/** Whether a frame is of this form, its file one of Python's, and its function named as Python names them. */
export function isPython(text: string): boolean {
  const frame = placed(text);
  return frame !== undefined && PYTHON_FILE.test(frame.file) && PYTHON_NAME.test(frame.name);
}
