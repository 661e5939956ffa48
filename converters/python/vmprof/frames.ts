/** Frames of a vmprof log: numbers of code, and later their names. */
import { Int32List, Interner, type ProfileBuilder, type Source } from '../../../src/plugin.ts';
import { IntegerKeys } from '../integer-keys.ts';
import { pythonText } from '../python-text.ts';
import { EMPTY_STACK } from '../sampled-tree.ts';

/** PyPy says of each frame what it is; the names are for frames that have none of their own. */
const CODE = 1;
const ASSEMBLER = 6;
const NATIVE = 7;
const KINDS: Record<number, string> = {
  2: 'blackhole',
  3: 'jit',
  4: 'jitting',
  5: 'gc',
  [ASSEMBLER]: 'jit code',
};
/** In place of a line or kind. */
const NO_FRAME = -1;
/** `py:name:12:/path/file.py`; `n` is native code. */
const SYMBOL = /^(\w*):(.*?):(-?\d+):(.*)$/s;
const MAX_LINE = 2 ** 31;

interface Symbol {
  language: string;
  name: string;
  line: number;
  file: string;
}

/** What stands beside the number of a frame in the log. */
export type Beside = 'nothing' | 'line' | 'kind';

export class Frames {
  /** Frames by the two halves of their number, and their line or kind. */
  readonly #keys = new IntegerKeys();
  readonly #low = new Int32List();
  readonly #high = new Int32List();
  readonly #beside = new Int32List();
  /** Symbols by number; the last one counts. */
  readonly #symbolKeys = new IntegerKeys();
  readonly #symbols = new Int32List();
  readonly #texts = new Interner();

  /** The frame with this number, and what stands beside it. */
  add(low: number, high: number, beside: number): number {
    const frame = this.#keys.add(low, high, beside);
    if (frame === this.#low.length) {
      this.#low.push(low);
      this.#high.push(high);
      this.#beside.push(beside);
    }
    return frame;
  }

  /** The frame that a sample without any is put on. */
  empty(): number {
    return this.add(0, 0, NO_FRAME);
  }

  addSymbol(low: number, high: number, bytes: Uint8Array, view: DataView, start: number, end: number): void {
    const key = this.#symbolKeys.add(low, high, 0);
    const text = this.#texts.intern(bytes, view, start, end);
    if (key === this.#symbols.length) this.#symbols.push(text);
    else this.#symbols.array[key] = text;
  }

  /** Adds all frames to the builder; their numbers there. */
  build(builder: ProfileBuilder, beside: Beside, source: Source): Int32Array {
    const numbers = new Int32Array(this.#low.length);
    let nameless = 0;
    for (let frame = 0; frame < numbers.length; frame++) {
      const value = this.#beside.array[frame]!;
      if (value === NO_FRAME) {
        numbers[frame] = builder.frame(builder.function(EMPTY_STACK));
        continue;
      }
      const low = this.#low.array[frame]!;
      const high = this.#high.array[frame]!;
      const symbol = this.#symbol(low, high);
      const kind = beside === 'kind' ? value : undefined;
      const address = (BigInt(high >>> 0) << 32n) | BigInt(low >>> 0);
      const isNative = kind === undefined ? (low & 1) === 1 : kind === NATIVE || kind === ASSEMBLER;
      const native = isNative ? { address } : {};
      let func: number;
      if (symbol) func = this.#function(builder, symbol, kind === undefined && !isNative);
      else if (kind !== undefined && kind !== CODE && kind !== NATIVE)
        func = builder.function(`(${KINDS[kind] ?? `kind ${kind}`})`);
      else {
        nameless++;
        func = builder.function(`0x${address.toString(16)}`);
      }
      numbers[frame] = builder.frame(func, {
        ...native,
        ...(beside === 'line' && value > 0 && { line: value }),
      });
    }
    if (nameless > 0) source.warn('nameless', `the log has no name for ${nameless} of the frames`);
    return numbers;
  }

  #symbol(low: number, high: number): Symbol | undefined {
    const key = this.#symbolKeys.find(low, high, 0);
    if (key < 0) return undefined;
    const text = pythonText(this.#texts.bytes(this.#symbols.array[key]!));
    const match = SYMBOL.exec(text);
    if (!match) return { language: '', name: text, line: 0, file: '' };
    const [, language, name, line, file] = match;
    return {
      language: language!,
      name: name!,
      line: Math.max(0, Number(line) < MAX_LINE ? Number(line) : 0),
      file: file === '-' ? '' : file!,
    };
  }

  /** `isPython`: CPython says that it is code of its own. If it had gone when names were written, it has a native one. */
  #function(builder: ProfileBuilder, { language, name, line, file }: Symbol, isPython: boolean): number {
    if (isPython && language === 'n' && name.startsWith('<native symbol'))
      return builder.function('<module?>');
    return builder.function(name, { file, line });
  }
}
