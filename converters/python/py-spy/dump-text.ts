/**
 * `dump` as text: below a line for each process, its threads; below each thread its stack, leaf first.
 * With `--locals`, values of variables stand between the frames; with `--subprocesses`, there is a line of
 * hyphens before the next process.
 */
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
import { FRAME_INDENT, PROCESS, THREAD, VERSION } from './dump-lines.ts';
import { addFrame, frameOf } from './frames.ts';
import { decimal, processLabels } from './labels.ts';

const RULE = /^-+$/;
const LOCAL_INDENT = '        ';

export function readTextDump(source: Source): Profile {
  return new DumpReader(source).read();
}

class DumpReader {
  readonly #source: Source;
  readonly #dump = new ThreadDump();
  readonly #names = new Interner();
  readonly #frames = new Int32List();
  #stack = new Int32List(64);
  #process: Label[] = [];
  /** Labels of the thread whose stack is being read. */
  #thread: Label[] | undefined;

  constructor(source: Source) {
    this.#source = source;
  }

  read(): Profile {
    const source = this.#source;
    const lines = source.lines();
    while (lines.next()) {
      const { bytes, view, start } = lines;
      const end = trimmedEnd(bytes, start, lines.end);
      if (end === start) continue;
      if (lines.startsWith(LOCAL_INDENT)) {
        source.warn('locals', 'values of variables are left out', lines.place());
      } else if (this.#thread && lines.startsWith(FRAME_INDENT)) {
        const name = this.#names.intern(bytes, view, start + FRAME_INDENT.length, end);
        if (name === this.#frames.length)
          this.#frames.push(addFrame(this.#dump.builder, frameOf(this.#names.text(name))));
        this.#stack.push(this.#frames.array[name]!);
      } else if (!this.#heading(lines.text(start, end))) {
        source.warn('unknown-line', 'a line that is no part of a dump is left out', lines.place());
      }
    }
    this.#finish();
    if (this.#dump.length === 0) {
      const hint = 'a thread reads `Thread 12 (idle): "MainThread"`';
      source.fail('no-stacks', 'there is no thread in it', undefined, hint);
    }
    return this.#dump.profile();
  }

  #heading(text: string): boolean {
    const thread = THREAD.exec(text);
    if (thread) {
      this.#finish();
      const [, id, state, name = ''] = thread;
      this.#thread = [...this.#process, ...threadLabels(name, decimal(id!))];
      if (state) this.#thread.push({ key: 'state', value: state });
      return true;
    }
    const process = PROCESS.exec(text);
    if (!process) return this.#remark(text);
    this.#finish();
    const [, parent, id, command] = process;
    if (parent) this.#process.push({ key: 'parent', value: `${id}: ${command}` });
    else this.#process = processLabels(id!, command!);
    return true;
  }

  #remark(text: string): boolean {
    const { meta } = this.#dump.builder;
    if (!VERSION.test(text)) return RULE.test(text);
    meta.comments = [...new Set(meta.comments).add(text)];
    return true;
  }

  #finish(): void {
    if (this.#thread) this.#dump.add(this.#stack.trimmed(), this.#thread);
    this.#thread = undefined;
    this.#stack = new Int32List(64);
  }
}
