/** Standard error for people: colours that follow NO_COLOR, and progress on long work. */
import { fstatSync, writeSync } from 'node:fs';
import type { Paint } from '../diagnostics.ts';
import type { Progress } from './files.ts';

const PATIENCE = 700;
const REFRESH = 100;

function isTerminal(): boolean {
  try {
    // Node makes a stream to find out, which takes time: only a device may be a terminal.
    return fstatSync(2).isCharacterDevice() && process.stderr.isTTY === true;
  } catch {
    return false;
  }
}

/** Whether to colour what goes to standard error: https://no-color.org, then FORCE_COLOR, then the terminal. */
function coloured(): boolean {
  const { NO_COLOR, FORCE_COLOR, TERM } = process.env;
  if (NO_COLOR) return false;
  if (FORCE_COLOR) return FORCE_COLOR !== '0';
  return TERM !== 'dumb' && isTerminal();
}

export function paint(): Paint | undefined {
  if (!coloured()) return undefined;
  const sgr = (on: number, off: number) => (text: string) => `\x1b[${on}m${text}\x1b[${off}m`;
  return { error: sgr(31, 39), warning: sgr(33, 39), note: sgr(36, 39), bold: sgr(1, 22) };
}

/** Writes to standard error at once, whatever happens next. */
export function say(text: string): void {
  try {
    writeSync(2, text);
  } catch {
    // Nobody is there to be told.
  }
}

/** A line of progress on a terminal, for reads that take longer than a moment; `done` wipes it. */
export class ReadProgress {
  readonly #count: number;
  #next = Date.now() + PATIENCE;
  #started = 0;
  #shown = false;

  /** `count`: how many inputs will be read. */
  constructor(count: number) {
    this.#count = count;
  }

  /** Begins with the next input. */
  start(name: string): Progress {
    this.#started++;
    const place = this.#count > 1 ? `${this.#started} of ${this.#count}: ` : '';
    return (read, size) => {
      const now = Date.now();
      // Whether it is a terminal is asked only now: short reads need not know.
      if (now < this.#next || !isTerminal()) return;
      this.#next = now + REFRESH;
      this.#shown = true;
      say(`\r\x1b[Kreading ${place}${name}: ${amount(read, size)}`);
    };
  }

  done(): void {
    if (this.#shown) say('\r\x1b[K');
    this.#shown = false;
  }
}

function amount(read: number, size: number | undefined): string {
  if (!size) return `${(read / 1e6).toFixed(0)} MB`;
  return `${Math.min(100, Math.floor((read / size) * 100))} % of ${(size / 1e6).toFixed(0)} MB`;
}
