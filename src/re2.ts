/**
 * Go's regular expressions (RE2), which users of pprof write, as JavaScript's.
 *
 * Spec: https://github.com/google/re2/wiki/Syntax. The surprise: nothing in it looks around or back, so all of it
 * has a counterpart; only flags inside an expression, `(?U)` and `\C` have none here.
 */

const POSIX: Record<string, string> = {
  alnum: '0-9A-Za-z',
  alpha: 'A-Za-z',
  ascii: String.raw`\x00-\x7f`,
  blank: String.raw`\t `,
  cntrl: String.raw`\x00-\x1f\x7f`,
  digit: '0-9',
  graph: '!-~',
  lower: 'a-z',
  print: ' -~',
  punct: String.raw`!-\/:-@\[-\x60\{-~`,
  space: String.raw`\t\n\v\f\r `,
  upper: 'A-Z',
  word: '0-9A-Za-z_',
  xdigit: '0-9A-Fa-f',
};
/** Of these JavaScript's own stand for more: for white space of all scripts. */
const SPACE = String.raw`\t\n\f\r `;
const ESCAPES: Record<string, string> = {
  A: '(?<![^])',
  z: '(?![^])',
  a: String.raw`\x07`,
  s: `[${SPACE}]`,
  S: `[^${SPACE}]`,
};
const PUNCTUATION = /^[^0-9A-Za-z]$/;
/** What JavaScript's `u` flag lets be escaped. */
const SYNTAX = /[\^$\\.*+?()[\]{}|/]/;
const CLASS_SYNTAX = /[\^$\\.*+?()[\]{}|/-]/;

/** The expression as JavaScript's. `flags`: besides `u`. Throws an Error that says why it cannot be read. */
export function re2(pattern: string, flags = ''): RegExp {
  const leading = /^\(\?([ims]*)\)/.exec(pattern);
  const set = leading?.[1] ?? '';
  const source = new Translator(pattern.slice(leading?.[0].length ?? 0), set).translate();
  try {
    return new RegExp(source, `u${set.includes('i') ? 'i' : ''}${flags}`);
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    throw new Error(text.slice(text.lastIndexOf(': ') + 2).toLowerCase());
  }
}

class Translator {
  readonly #text: string[];
  readonly #multiline: boolean;
  readonly #dotAll: boolean;
  #at = 0;

  constructor(pattern: string, flags: string) {
    this.#text = Array.from(pattern);
    this.#multiline = flags.includes('m');
    this.#dotAll = flags.includes('s');
  }

  translate(): string {
    let source = '';
    while (this.#at < this.#text.length) source += this.#piece();
    return source;
  }

  #next(): string {
    const char = this.#text[this.#at++];
    if (char === undefined) throw new Error('it ends too early');
    return char;
  }

  /** Whether the text goes on like this; steps over it if so. */
  #take(text: string): boolean {
    if (!this.#ahead(text.length).startsWith(text)) return false;
    this.#at += text.length;
    return true;
  }

  #ahead(length: number): string {
    return this.#text.slice(this.#at, this.#at + length).join('');
  }

  #piece(): string {
    const char = this.#next();
    switch (char) {
      case '\\':
        return this.#escape(false);
      case '[':
        return this.#class();
      case '.':
        return this.#dotAll ? '[^]' : String.raw`[^\n]`;
      case '^':
        return this.#multiline ? String.raw`(?<![^\n])` : '(?<![^])';
      case '$':
        return this.#multiline ? String.raw`(?![^\n])` : '(?![^])';
      case '(':
        return this.#group();
      case '{':
        return this.#repetition();
      case '}':
      case ']':
        return `\\${char}`;
      default:
        return char;
    }
  }

  #group(): string {
    if (!this.#take('?')) return '(';
    if (this.#take(':')) return '(?:';
    if (this.#take('P<') || this.#ahead(2).match(/^<[^=!]/)) {
      if (this.#text[this.#at] === '<') this.#at++;
      let name = '';
      for (let char = this.#next(); char !== '>'; char = this.#next()) name += char;
      return `(?<${name}>`;
    }
    throw new Error('(? stands here for a group alone; flags go first, as in (?i)main');
  }

  /** A `{` that begins no repetition stands for itself. */
  #repetition(): string {
    const found = /^\d+(?:,\d*)?\}/.exec(this.#ahead(20));
    if (!found) return String.raw`\{`;
    this.#at += found[0].length;
    return `{${found[0]}`;
  }

  /** What follows a backslash. */
  #escape(inClass: boolean): string {
    const char = this.#next();
    if (char === 'Q' && !inClass) return this.#quoted();
    if (char === 's' && inClass) return SPACE;
    const own = ESCAPES[char];
    if (own !== undefined && !(inClass && /[AzsS]/.test(char))) return own;
    if (PUNCTUATION.test(char)) return (inClass ? CLASS_SYNTAX : SYNTAX).test(char) ? `\\${char}` : char;
    if (/[dDwWfnrtvbB]/.test(char) && !(inClass && /[bB]/.test(char))) return `\\${char}`;
    if (char === 'p' || char === 'P') return `\\${char}${this.#unicode()}`;
    if (char === 'x') return this.#hexadecimal();
    const octal = /^[0-7]{1,3}$/.exec(char + this.#ahead(2).replace(/[^0-7].*/, ''));
    if (octal && (char === '0' || octal[0].length > 1)) {
      this.#at += octal[0].length - 1;
      return String.raw`\u{${Number.parseInt(octal[0], 8).toString(16)}}`;
    }
    throw new Error(`\\${char} means nothing in it`);
  }

  #quoted(): string {
    let text = '';
    while (this.#at < this.#text.length && !this.#take('\\E')) text += this.#next();
    return text.replace(/[\^$\\.*+?()[\]{}|/]/g, '\\$&');
  }

  #unicode(): string {
    const name = this.#take('{') ? this.#upTo('}') : this.#next();
    if (name.startsWith('^')) throw new Error('\\p{^…} is not supported; \\P{…} is the same');
    return name.length <= 2 ? `{${name}}` : `{Script=${name}}`;
  }

  #hexadecimal(): string {
    const digits = this.#take('{') ? this.#upTo('}') : this.#next() + this.#next();
    if (!/^[0-9A-Fa-f]{1,6}$/.test(digits)) throw new Error(`\\x${digits} is no character`);
    return String.raw`\u{${digits}}`;
  }

  #upTo(end: string): string {
    let text = '';
    for (let char = this.#next(); char !== end; char = this.#next()) text += char;
    return text;
  }

  #class(): string {
    let source = this.#take('^') ? '[^' : '[';
    for (let first = true; ; first = false) {
      const char = this.#next();
      if (char === ']' && !first) return `${source}]`;
      if (char === '[' && this.#text[this.#at] === ':') source += this.#posix();
      else if (char === '\\') source += this.#escape(true);
      else if (char === '-') source += this.#isRange(first) ? '-' : '\\-';
      else source += SYNTAX.test(char) ? `\\${char}` : char;
    }
  }

  /** Whether a hyphen in a class stands between the ends of a range. */
  #isRange(first: boolean): boolean {
    return !first && this.#text[this.#at] !== ']';
  }

  #posix(): string {
    this.#at++;
    const name = this.#upTo(']');
    const chars = name.endsWith(':') ? POSIX[name.slice(0, -1)] : undefined;
    if (chars === undefined) throw new Error(`[:${name}] is no class of characters`);
    return chars;
  }
}
