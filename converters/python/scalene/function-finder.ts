/**
 * Finds the function that a line is in: the last one that begins before it and has costs left. Functions state
 * the sum of what their lines cost, so that one that is used up has ended.
 */
import type { JsonObject, JsonValues } from '../json-values.ts';

const MODULE = '<module>';
/** Times in Python, in native code and in the system, in percent of the elapsed time. */
export const PERCENTS = ['n_cpu_percent_python', 'n_cpu_percent_c', 'n_sys_percent'] as const;
/** Relative; sums are rounded. */
const SLACK = 1e-9;

interface Candidate {
  name: string;
  line: number;
  /** What its lines may still cost, in the order of `COSTS`. */
  left: number[];
}

/** What Scalene states of lines and functions alike, in its own units. */
const COSTS = ['percent', 'n_malloc_mb', 'n_mallocs', 'n_copy_mb_s'] as const;

interface Line {
  line: number;
  /** The first line of its function, in newer files; 0 = unknown. */
  start: number;
  /** The source text; '' = unknown. */
  text: string;
  /** In the order of `COSTS`. */
  costs: number[];
}

export class FunctionFinder {
  /** In order of their lines. */
  readonly #functions: Candidate[];
  readonly #byLine = new Map<number, Candidate>();
  #next = 0;
  /** Functions that may not have ended yet, the innermost last. */
  readonly #open: Candidate[] = [];

  constructor(functions: unknown, path: string, values: JsonValues) {
    this.#functions = values.array(functions, path).map((value, i) => {
      const at = `${path}[${i}]`;
      const object = values.object(value, at);
      const name = values.text(object['line'] ?? object['fn_name'], `${at}.line`);
      return {
        name,
        line: values.amount(object['lineno'], `${at}.lineno`),
        left: costsOf(object, at, values),
      };
    });
    this.#functions.sort((a, b) => a.line - b.line);
    for (const each of this.#functions) if (each.line > 0) this.#byLine.set(each.line, each);
  }

  /** To be asked for in order of lines. */
  find(line: Line): { name: string; line: number } {
    for (; this.#next < this.#functions.length; this.#next++) {
      const next = this.#functions[this.#next]!;
      if (next.line > line.line) break;
      if (next.line > 0) this.#open.push(next);
    }
    const found = this.#byLine.get(line.start) ?? this.#innermost(line);
    if (!found) return { name: MODULE, line: 0 };
    for (const [i, cost] of line.costs.entries()) found.left[i]! -= cost;
    return found;
  }

  #innermost(line: Line): Candidate | undefined {
    const open = this.#open;
    // What is not indented is in no function, but for one that is a single line.
    if (/^\S/.test(line.text) && open.at(-1)?.line !== line.line) open.length = 0;
    for (let top = open.at(-1); top; top = open.at(-1)) {
      const { left } = top;
      if (line.costs.every((cost, i) => cost <= left[i]! + SLACK * Math.max(1, cost))) return top;
      open.pop();
    }
    return undefined;
  }

  /** What functions cost, in percent of the time, beyond or short of their lines. */
  off(): number {
    let off = 0;
    for (const { left } of this.#functions) off += Math.abs(left[0]!);
    return off;
  }
}

/** The costs of a line or function, in the order of `COSTS`. */
export function costsOf(object: JsonObject, path: string, values: JsonValues): number[] {
  return COSTS.map((key) => {
    const parts = key === 'percent' ? PERCENTS : [key];
    return parts.reduce((sum, part) => sum + values.amount(object[part], `${path}.${part}`), 0);
  });
}
