/** Makes calls of a function by itself, directly or inlined, one frame: the innermost, which knows the line. */
import { keptArcs, keptRows } from '../fewer-rows.ts';
import type { ArcTable, Profile } from '../profile.ts';
import { FrameVariants, type Growth, rewriteStacks, type StackRule } from '../rewrite-stacks.ts';

/** The profile without calls of functions by themselves: on no stack is a frame of the function that called it. */
export function collapseRecursion(profile: Profile): Profile {
  const { callers, arcs } = profile;
  if (callers !== 'all') return arcs ? withoutSelfArcs(profile, arcs) : profile;
  const variants = new FrameVariants(profile.frames);
  return rewriteStacks(profile, (growth) => new Collapse(growth, variants), variants);
}

function withoutSelfArcs({ shares, ...profile }: Profile, arcs: ArcTable): Profile {
  const keep = Uint8Array.from({ length: arcs.length }, (_, a) =>
    arcs.caller[a] === arcs.callee[a] ? 0 : 1,
  );
  const arcTotal = shares?.arcTotal.map((column) => keptRows(column, keep));
  return {
    ...profile,
    arcs: keptArcs(arcs, keep),
    ...(shares && arcTotal && { shares: { ...shares, arcTotal } }),
  };
}

class Collapse implements StackRule {
  readonly #growth: Growth;
  readonly #variants: FrameVariants;
  #place = new Int32Array();
  /** Where the frames of the function begin. */
  #base = new Int32Array();
  /** Function + 1. */
  #func = new Int32Array();
  #depth = new Int32Array();
  /** How many frames of the location are left out. */
  #gone = new Int32Array();

  constructor(growth: Growth, variants: FrameVariants) {
    this.#growth = growth;
    this.#variants = variants;
  }

  reserve(slots: number): void {
    this.#place = new Int32Array(slots);
    this.#base = new Int32Array(slots);
    this.#func = new Int32Array(slots);
    this.#depth = new Int32Array(slots);
    this.#gone = new Int32Array(slots);
  }

  step(from: number, to: number, frame: number): void {
    const { func, inline } = this.#variants.frames;
    const depth = inline ? inline[frame]! : 0;
    const again = func[frame]! + 1 === this.#func[from];
    let gone = 0;
    if (depth > this.#depth[from]!) gone = this.#gone[from]! + (again ? 1 : 0);
    const base = again ? this.#base[from]! : this.#place[from]!;
    this.#place[to] = this.#growth.push(base, this.#variants.raised(frame, gone));
    this.#base[to] = base;
    this.#func[to] = func[frame]! + 1;
    this.#depth[to] = depth;
    this.#gone[to] = gone;
  }

  end(slot: number): number {
    return this.#place[slot]!;
  }
}
