/** Trees of random shape that are large. */
import { ProfileBuilder } from '../src/builder.ts';
import type { Profile } from '../src/profile.ts';

const ROWS = 40_000;

export interface TreeShape {
  seed: number;
  functions: number;
  /** A node hangs on one of so many before it, or is a root. */
  near: number;
  isPreorder: boolean;
  /** Values are whole numbers times this. */
  scale: number;
}

/** A tree of so many nodes that WebAssembly is worth it, with two metrics. Numbers come from `seed`. */
export function treeOf({ seed, functions, near, isPreorder, scale }: TreeShape): Profile {
  let state = seed;
  const random = (below: number) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
  const builder = new ProfileBuilder(['a', 'b'].map((name) => ({ name, unit: 'count' })));
  for (let f = 0; f < functions; f++) builder.addFrame(builder.addFunction(`f${f % 97}`));
  const parent = new Int32Array(ROWS);
  const path: number[] = [];
  for (let i = 0; i < ROWS; i++) {
    if (isPreorder) {
      path.length = random(Math.min(path.length, near) + 1) + Math.max(0, path.length - near);
      parent[i] = path.at(-1) ?? -1;
      path.push(i);
    } else parent[i] = i === 0 || random(100) === 0 ? -1 : i - 1 - random(Math.min(i, near));
  }
  const frame = parent.map(() => random(functions));
  const self = [0, 1].map((m) =>
    Float64Array.from(parent, () => (random(3) === 0 ? 0 : (random(1000) - 200 * m) * scale)),
  );
  return builder.tree({ frame, parent, self });
}
