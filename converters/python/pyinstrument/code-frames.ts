/** Frames of pyinstrument: places in functions, which are told apart by name, file and first line. */
import { Int32List, type ProfileBuilder } from '../../../src/plugin.ts';

const MAX_LINE = 2 ** 31;
/** Stands for the file in frames that are no code but name the thread. */
const THREAD_FILE = '<thread>';

interface Code {
  name: string;
  file: string;
  line: number;
  /** The class of the object it was called on: '' = none, undefined = not always the same. */
  className: string | undefined;
}

/** A frame as the file writes it: `name NUL file NUL first line`, then attributes behind U+0001. */
export interface FrameText {
  name: string;
  file: string;
  line: string;
  /** The line that was executing. */
  at: number;
  className: string;
}

export function frameText(text: string): FrameText {
  const [identifier, ...attributes] = text.split('\x01');
  const [name, file = '', line = ''] = identifier!.split('\0');
  const attribute = (marker: string) => attributes.find((each) => each.startsWith(marker))?.slice(1) ?? '';
  return { name: name!, file, line, at: lineNumber(Number(attribute('l'))), className: attribute('c') };
}

/** Whether the frame stands for a thread: `line` then is its id. */
export function isThread({ file }: FrameText): boolean {
  return file === THREAD_FILE;
}

/** A line, or 0 for what is none. */
export function lineNumber(value: number): number {
  return Number.isInteger(value) && value > 0 && value < MAX_LINE ? value : 0;
}

export class CodeFrames {
  readonly #codes: Code[] = [];
  readonly #known = new Map<string, number>();
  readonly #code = new Int32List();
  readonly #at = new Int32List();

  /** The number of a new frame of a function. `at`: the line that was executing. */
  add(name: string, file: string, line: number, className: string, at: number): number {
    const key = `${name}\0${file}\0${line}`;
    let number = this.#known.get(key);
    if (number === undefined) {
      number = this.#codes.push({ name, file, line, className }) - 1;
      this.#known.set(key, number);
    }
    const code = this.#codes[number]!;
    if (code.className !== className) code.className = undefined;
    this.#code.push(number);
    this.#at.push(at);
    return this.#code.length - 1;
  }

  /** The number of a frame's function. */
  codeOf(frame: number): number {
    return this.#code.array[frame]!;
  }

  nameOf(frame: number): string {
    return this.#codes[this.codeOf(frame)]!.name;
  }

  /** The builder's frame by number: to be asked for when all are known, since names depend on all. */
  build(builder: ProfileBuilder): Int32Array {
    const functions = this.#codes.map(({ name, file, line, className }) =>
      builder.addFunction(className ? `${className}.${name}` : name, { file, line }),
    );
    return Int32Array.from(this.#code.trimmed(), (code, frame) =>
      builder.frame(functions[code]!, { line: this.#at.array[frame]! }),
    );
  }
}
