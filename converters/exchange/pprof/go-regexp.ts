/**
 * Go's regular expressions, as far as lists of frames use them, matched against whole names. They come out of
 * the input and must not be able to stop us, as one of JavaScript's can: all ways through the expression are
 * followed at once, a step for each character.
 *
 * Spec: https://github.com/google/re2/wiki/Syntax (without flags, named and Unicode classes, word boundaries)
 */

type Test = (char: string) => boolean;

/** A state reads a character, or forks without reading; `begin` and `end` hold only there. */
interface State {
  kind: 'read' | 'fork' | 'begin' | 'end' | 'accept';
  test?: Test;
  next: number;
  other?: number;
}

/** Adds states that lead to the state `next`; returns the first of them. */
type Piece = (next: number) => number;

const MAX_DEPTH = 500;
const MAX_STATES = 20_000;
const CLASSES: Record<string, RegExp> = {
  d: /[0-9]/,
  D: /[^0-9]/,
  s: /[\t\n\f\r ]/,
  S: /[^\t\n\f\r ]/,
  w: /[0-9A-Za-z_]/,
  W: /[^0-9A-Za-z_]/,
};
const CONTROLS: Record<string, string> = { a: '\x07', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v' };

/** A test whether all of a name matches. Throws an Error that says why when the expression cannot be read. */
export function fullMatch(pattern: string): (name: string) => boolean {
  const { states, start } = new Compiler(pattern).compile();
  return (name) => run(states, start, name);
}

class Compiler {
  readonly states: State[] = [{ kind: 'accept', next: -1 }];
  readonly #text: string[];
  #at = 0;
  #depth = 0;
  #repeats = 0;

  constructor(pattern: string) {
    this.#text = Array.from(pattern);
  }

  compile(): { states: State[]; start: number } {
    const whole = this.#alternatives();
    if (this.#at < this.#text.length) throw new Error('there is a ) too many');
    return { states: this.states, start: whole(0) };
  }

  #add(state: State): number {
    if (this.states.length === MAX_STATES) throw new Error('it is too large');
    return this.states.push(state) - 1;
  }

  #take(char: string): boolean {
    if (this.#text[this.#at] !== char) return false;
    this.#at++;
    return true;
  }

  #next(): string {
    const char = this.#text[this.#at++];
    if (char === undefined) throw new Error('it ends too early');
    return char;
  }

  #alternatives(): Piece {
    if (++this.#depth > MAX_DEPTH) throw new Error('it is nested too deeply');
    const pieces = [this.#sequence()];
    while (this.#take('|')) pieces.push(this.#sequence());
    this.#depth--;
    return (next) =>
      pieces.map((piece) => piece(next)).reduce((a, b) => this.#add({ kind: 'fork', next: a, other: b }));
  }

  #sequence(): Piece {
    const pieces: Piece[] = [];
    for (
      let char = this.#text[this.#at];
      char !== undefined && char !== '|' && char !== ')';
      char = this.#text[this.#at]
    ) {
      pieces.push(this.#repeated(this.#atom()));
    }
    return (next) => pieces.reduceRight((to, piece) => piece(to), next);
  }

  #repeated(piece: Piece): Piece {
    const found = this.#repetition();
    if (!found) return piece;
    const [sign, low, comma, high] = found;
    if (this.#repetition()) throw new Error('it repeats a repetition');
    const least = low === undefined ? (sign.startsWith('+') ? 1 : 0) : Number(low);
    let most = sign.startsWith('?') ? 1 : Infinity;
    if (low !== undefined && comma === '') most = least;
    else if (high) most = Number(high);
    if (least > most) throw new Error(`${sign} is no repetition`);
    return (next) => {
      let first = next;
      if (most === Infinity) {
        first = this.#add({ kind: 'fork', next: -1, other: next });
        this.states[first]!.next = piece(first);
      } else {
        for (let i = least; i < most; i++)
          first = this.#add({ kind: 'fork', next: piece(first), other: next });
      }
      for (let i = 0; i < least; i++) {
        // Even what adds no state takes time when it is repeated a thousand times a thousand times.
        if (++this.#repeats > MAX_STATES) throw new Error('it is too large');
        first = piece(first);
      }
      return first;
    };
  }

  #repetition(): RegExpExecArray | null {
    const found = /^(?:[*+?]|\{(\d{1,4})(,?)(\d{0,4})\})\??/.exec(
      this.#text.slice(this.#at, this.#at + 13).join(''),
    );
    this.#at += found?.[0].length ?? 0;
    return found;
  }

  #atom(): Piece {
    const char = this.#next();
    switch (char) {
      case '(': {
        if (this.#take('?') && !this.#take(':')) throw new Error('(? with anything but : is not supported');
        const group = this.#alternatives();
        if (!this.#take(')')) throw new Error('a ) is missing');
        return group;
      }
      case '^':
        return (next) => this.#add({ kind: 'begin', next });
      case '$':
        return (next) => this.#add({ kind: 'end', next });
      case '*':
      case '+':
      case '?':
        throw new Error(`nothing stands before ${char}`);
      default: {
        const test =
          char === '[' ? this.#class() : char === '.' ? (c: string) => c !== '\n' : this.#character(char);
        return (next) => this.#add({ kind: 'read', test, next });
      }
    }
  }

  /** What one character of the expression stands for, with the escape that it may begin. */
  #character(char: string): Test {
    if (char !== '\\') return (c) => c === char;
    const escaped = this.#next();
    const chars = CLASSES[escaped];
    if (chars) return (c) => chars.test(c);
    const literal = CONTROLS[escaped] ?? escaped;
    if (literal === escaped && /[0-9A-Za-z]/.test(escaped)) throw new Error(`\\${escaped} is not supported`);
    return (c) => c === literal;
  }

  #class(): Test {
    const negated = this.#take('^');
    const tests: Test[] = [];
    for (let char = this.#next(); char !== ']' || tests.length === 0; char = this.#next()) {
      if (char === '[' && this.#text[this.#at] === ':') throw new Error('[: is not supported');
      const test = this.#character(char);
      if (this.#text[this.#at] !== '-' || this.#text[this.#at + 1] === ']') {
        tests.push(test);
        continue;
      }
      this.#at++;
      const to = this.#next();
      if (char === '\\' || to === '\\' || to < char)
        throw new Error(`the range ${char}-${to} is not supported`);
      tests.push((c) => c >= char && c <= to);
    }
    return (c) => tests.some((test) => test(c)) !== negated;
  }
}

function run(states: State[], start: number, name: string): boolean {
  const chars = Array.from(name);
  let now = new Set<number>([start]);
  for (let at = 0; ; at++) {
    // A set is walked in the order in which it grows: states that forks lead to are met later.
    for (const index of now) {
      const { kind, next, other } = states[index]!;
      if (kind === 'fork' || (kind === 'begin' && at === 0) || (kind === 'end' && at === chars.length))
        now.add(next);
      if (other !== undefined) now.add(other);
    }
    if (at === chars.length) return now.has(0);
    const after = new Set<number>();
    for (const index of now) {
      const { kind, test, next } = states[index]!;
      if (kind === 'read' && test!(chars[at]!)) after.add(next);
    }
    if (after.size === 0) return false;
    now = after;
  }
}
