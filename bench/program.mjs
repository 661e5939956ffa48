/** A random program and a random walk through it: the material of all large inputs. Deterministic by seed. */

/** Mulberry32: numbers in [0, 1). */
export function randoms(seed) {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

const SPACES = ['net', 'std', 'core::io', 'storage::lsm', 'rpc', 'regex', 'json', 'app::util'];
const VERBS = [
  'read',
  'write',
  'parse',
  'flush',
  'merge',
  'visit',
  'render',
  'lookup',
  'insert',
  'poll',
  'commit',
];
const TYPES = ['int', 'char const*', 'std::string const&', 'std::vector<int>&&', 'Buffer&'];

/** Functions with names, files, lines, objects and callees; with `acyclic` callees have greater numbers. */
export function makeProgram(count, { seed = 1, style = 'cpp', acyclic = false } = {}) {
  const random = randoms(seed);
  const pick = (list) => list[Math.floor(random() * list.length)];
  const functions = [];
  for (let i = 0; i < count; i++) {
    const file = Math.floor(i / 12);
    const args = Array.from({ length: Math.floor(random() * 4) }, () => pick(TYPES));
    functions.push({
      name:
        style === 'cpp' ? `${pick(SPACES)}::${pick(VERBS)}_${i}(${args.join(', ')})` : `${pick(VERBS)}${i}`,
      file:
        style === 'cpp' ? `/build/src/${pick(VERBS)}_${file}.cc` : `file:///srv/app/lib/module-${file}.js`,
      line: 1 + (i % 12) * 60,
      column: 1 + (i % 7) * 4,
      object: `/usr/lib/lib${i % 9}.so`,
      callees: Array.from({ length: 1 + Math.floor(random() * 7) }, () => {
        const near = Math.floor(random() ** 2 * Math.min(count, 400));
        if (acyclic) return Math.min(count - 1, i + 1 + near);
        return random() < 0.6 ? (i + 1 + near) % count : Math.floor(random() ** 3 * count);
      }),
    });
  }
  return functions;
}

/** Stacks one after the other, each sharing its beginning with the one before. */
export class Walk {
  #functions;
  #random;
  #depth;
  /** Function numbers, root first. */
  stack = [0];

  constructor(functions, { seed = 2, depth = 24 } = {}) {
    this.#functions = functions;
    this.#random = randoms(seed);
    this.#depth = depth;
  }

  /** Goes to the next stack; returns how many frames stayed. */
  step() {
    const { stack } = this;
    const random = this.#random;
    const keep = Math.max(1, stack.length - Math.floor(random() ** 2 * 12));
    stack.length = keep;
    const depth = keep + 1 + Math.floor(random() * Math.max(2, (this.#depth - keep) * 1.6));
    while (stack.length < depth) {
      const { callees } = this.#functions[stack[stack.length - 1]];
      stack.push(callees[Math.floor(random() ** 1.5 * callees.length)]);
    }
    return keep;
  }
}
