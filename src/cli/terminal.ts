/** Standard error for people: colours that follow NO_COLOR, and progress on long work. */
import { writeSync } from 'node:fs';
import type { Paint } from '../diagnostics.ts';
import type { Progress } from './files.ts';

const PATIENCE = 700;
const REFRESH = 100;

/** Whether to colour what goes to standard error: https://no-color.org, then FORCE_COLOR, then the terminal. */
function coloured(): boolean {
  const { NO_COLOR, FORCE_COLOR, TERM } = process.env;
  if (NO_COLOR) return false;
  if (FORCE_COLOR) return FORCE_COLOR !== '0';
  return process.stderr.isTTY === true && TERM !== 'dumb';
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
export function readProgress(name: string): { progress: Progress; done: () => void } {
  if (process.stderr.isTTY !== true) return { progress: () => {}, done: () => {} };
  let next = Date.now() + PATIENCE;
  let shown = false;
  return {
    progress(read, size) {
      const now = Date.now();
      if (now < next) return;
      next = now + REFRESH;
      shown = true;
      const megabytes = `${(read / 1e6).toFixed(0)} MB`;
      const share = size
        ? `${Math.min(100, Math.floor((read / size) * 100))} % of ${(size / 1e6).toFixed(0)} MB`
        : megabytes;
      say(`\r\x1b[Kreading ${name}: ${share}`);
    },
    done() {
      if (shown) say('\r\x1b[K');
      shown = false;
    },
  };
}
