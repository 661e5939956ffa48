/**
 * Python's regular expressions as JavaScript's, and Python's `repr` of a text.
 *
 * The surprise: `$` also matches before a last line break, and `\w`, `\d`, `\b` are about all of Unicode.
 */

const WORD = String.raw`[\p{L}\p{N}_]`;
const NO_WORD = String.raw`[^\p{L}\p{N}_]`;
const SPACE = String.raw`[\t-\r\x1c-\x20\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]`;
const END = String.raw`(?![\s\S])`;
const BOUNDARY = `(?:(?<=${WORD})(?!${WORD})|(?<!${WORD})(?=${WORD}))`;
const NO_BOUNDARY = `(?:(?<=${WORD})(?=${WORD})|(?<!${WORD})(?!${WORD}))`;

/** Classes, which may also stand inside of brackets. */
const CLASSES: Record<string, string> = {
  d: String.raw`\p{Nd}`,
  D: String.raw`\P{Nd}`,
  w: WORD,
  W: NO_WORD,
  s: SPACE,
  S: `[^${SPACE.slice(1)}`,
};
const PLACES: Record<string, string> = {
  A: String.raw`(?<![\s\S])`,
  Z: END,
  b: BOUNDARY,
  B: NO_BOUNDARY,
};
const CONTROLS: Record<string, number> = { a: 7, b: 8, f: 12, n: 10, r: 13, t: 9, v: 11 };
const HEX_DIGITS: Record<string, number> = { x: 2, u: 4, U: 8 };

/** The same expression for `test`; undefined if it is none, or has what JavaScript has nothing for. */
export function pythonRegExp(pattern: string): RegExp | undefined {
  try {
    return new Translation(pattern).regExp();
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

class Translation {
  readonly #pattern: string;
  #at = 0;
  #ignoreCase = false;
  #multiline = false;
  #dotAll = false;

  constructor(pattern: string) {
    this.#pattern = pattern;
  }

  regExp(): RegExp {
    this.#flags();
    let text = '';
    while (this.#at < this.#pattern.length) text += this.#next();
    return new RegExp(text, this.#ignoreCase ? 'iv' : 'v');
  }

  /** The match of a sticky expression here, which is then behind us. */
  #take(expression: RegExp): RegExpExecArray | null {
    const sticky = new RegExp(expression, 'sy');
    sticky.lastIndex = this.#at;
    const match = sticky.exec(this.#pattern);
    if (match) this.#at = sticky.lastIndex;
    return match;
  }

  #flags(): void {
    const flags = this.#take(/\(\?([a-zA-Z]+)\)/)?.[1] ?? '';
    if (/[^imsu]/.test(flags)) throw new SyntaxError(`flags ${flags}`);
    this.#ignoreCase = flags.includes('i');
    this.#multiline = flags.includes('m');
    this.#dotAll = flags.includes('s');
  }

  #next(): string {
    const char = this.#char();
    if (char === '\\') return this.#escape();
    if (char === '[') return this.#brackets();
    if (char === '(') return this.#group();
    if (char === '{') return this.#repeat();
    if (char === '.') return this.#dotAll ? String.raw`[\s\S]` : String.raw`[^\n]`;
    if (char === '^') return this.#multiline ? String.raw`(?<![^\n])` : '^';
    if (char === '$') return this.#multiline ? String.raw`(?=\n|${END})` : String.raw`(?=\n?${END})`;
    return '|)*+?'.includes(char) ? char : literal(char);
  }

  #char(): string {
    const char = String.fromCodePoint(this.#pattern.codePointAt(this.#at)!);
    this.#at += char.length;
    return char;
  }

  #escape(): string {
    const back = this.#take(/[1-9]\d?/);
    if (back) return `(?:\\${back[0]})`;
    const letter = this.#pattern[this.#at] ?? '';
    const place = PLACES[letter] ?? CLASSES[letter];
    if (place === undefined) return literal(this.#escapedChar());
    this.#at++;
    return place;
  }

  /** A character behind a backslash. */
  #escapedChar(): string {
    if (this.#at >= this.#pattern.length) throw new SyntaxError('backslash at the end');
    const octal = this.#take(/[0-3]?[0-7]{1,2}/);
    if (octal) return String.fromCodePoint(Number.parseInt(octal[0], 8));
    const char = this.#char();
    const digits = HEX_DIGITS[char];
    if (digits !== undefined) {
      const code = this.#take(new RegExp(`[0-9a-fA-F]{${digits}}`));
      if (!code || Number.parseInt(code[0], 16) > 0x10ffff) throw new SyntaxError(`\\${char}`);
      return String.fromCodePoint(Number.parseInt(code[0], 16));
    }
    if (CONTROLS[char] !== undefined) return String.fromCharCode(CONTROLS[char]);
    if (/[0-9a-zA-Z]/.test(char)) throw new SyntaxError(`\\${char}`);
    return char;
  }

  #brackets(): string {
    let text = this.#take(/\^/) ? '[^' : '[';
    for (let first = true; first || this.#pattern[this.#at] !== ']'; first = false) {
      const from = this.#bracketItem();
      const range = this.#take(/-(?!\])/);
      const to = range && this.#bracketItem();
      if (to && !(isChar(from) && isChar(to))) throw new SyntaxError('range of a class');
      text += to ? `${from}-${to}` : from;
    }
    this.#at++;
    return `${text}]`;
  }

  #bracketItem(): string {
    if (this.#at >= this.#pattern.length) throw new SyntaxError('bracket without an end');
    const char = this.#char();
    if (char !== '\\') return literal(char);
    const inner = CLASSES[this.#pattern[this.#at] ?? ''];
    if (inner === undefined) return literal(this.#escapedChar());
    this.#at++;
    return inner;
  }

  #group(): string {
    if (this.#take(/\?#[^)]*\)/)) return '';
    const named = this.#take(/\?P<(\w+)>/);
    if (named) return `(?<${named[1]}>`;
    const back = this.#take(/\?P=(\w+)\)/);
    if (back) return `(?:\\k<${back[1]}>)`;
    const kind = this.#take(/\?(?::|=|!|<=|<!)/);
    if (kind) return `(${kind[0]}`;
    if (this.#pattern[this.#at] === '?') throw new SyntaxError('kind of group');
    return '(';
  }

  /** Behind `{`: a repeat, or a brace that stands for itself. */
  #repeat(): string {
    const match = this.#pattern[this.#at] === '}' ? null : this.#take(/(\d*)(,?)(\d*)\}/);
    if (!match) return literal('{');
    const [, low, comma, high] = match;
    return comma ? `{${low || 0},${high}}` : `{${low}}`;
  }
}

/** A character that stands for itself, inside of brackets, too. */
function literal(char: string): string {
  return /[0-9a-zA-Z]/.test(char) ? char : `\\u{${char.codePointAt(0)!.toString(16)}}`;
}

/** Whether this came from `literal`. */
function isChar(text: string): boolean {
  return text.length === 1 || text.startsWith('\\u{');
}

const SHORT: Record<string, string> = { '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t' };
const NOT_PRINTABLE = /[\\\p{C}\p{Zl}\p{Zp}\p{Zs}]/gu;

/** `repr` of a Python text: quotes, and escapes of what cannot be printed. */
export function textRepr(text: string): string {
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'";
  const escaped = text.replace(NOT_PRINTABLE, (char) => {
    if (char === ' ') return char;
    const code = char.codePointAt(0)!.toString(16);
    if (SHORT[char] !== undefined) return SHORT[char];
    if (code.length <= 2) return `\\x${code.padStart(2, '0')}`;
    return code.length <= 4 ? `\\u${code.padStart(4, '0')}` : `\\U${code.padStart(8, '0')}`;
  });
  return quote + escaped.replaceAll(quote, `\\${quote}`) + quote;
}
