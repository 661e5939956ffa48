/** Lines `key = value` in front of the samples. */
import type { LineReader, Source } from '../../../src/plugin.ts';
import { isBlankOrComment } from './headers.ts';

export class Attributes {
  /** Whether the reader is at a line behind them. */
  readonly more: boolean;
  readonly #values = new Map<string, string>();
  readonly #source: Source;
  readonly #lines: LineReader;

  /** Reads all of them; keys that are not `known` stop the reading. */
  constructor(lines: LineReader, source: Source, known: readonly string[]) {
    this.#source = source;
    this.#lines = lines;
    let more = lines.next();
    for (; more; more = lines.next()) {
      const line = lines.text(lines.start, Math.min(lines.end, lines.start + 1000)).trim();
      if (isBlankOrComment(line)) continue;
      const equals = line.indexOf('=');
      if (equals < 0 || line.startsWith('---')) break;
      const key = line.slice(0, equals).trim();
      if (!known.includes(key))
        source.fail('unknown-attribute', `${key} is no known attribute`, lines.place());
      this.#values.set(key, line.slice(equals + 1).trim());
    }
    this.more = more;
  }

  text(key: string): string | undefined {
    return this.#values.get(key);
  }

  /** The value as a whole number, `otherwise` if it is not there. */
  number(key: string, otherwise: number): number {
    const text = this.#values.get(key);
    if (text === undefined) return otherwise;
    const value = text === '' ? Number.NaN : Number(text);
    if (!Number.isSafeInteger(value)) {
      this.#source.fail(
        'bad-number',
        `${key} is ${text}, where a whole number should be`,
        this.#lines.place(),
      );
    }
    return value;
  }
}
