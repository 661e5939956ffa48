/**
 * Begins stacks at the frame nearest the root that fits: pprof's show_from. Stacks without one go.
 *
 * The surprise: of a location, what stands above the first frame that fits goes wherever the location occurs.
 */
import type { Finder } from '../finder.ts';
import { matchFrames } from '../match-frames.ts';
import type { Profile } from '../profile.ts';
import { FrameVariants, type Growth, rewriteStacks, START, type StackRule } from '../rewrite-stacks.ts';

/** A profile of stacks. `onNoMatch` is called when the expression fits no frame. */
export function showFrom(profile: Profile, expression: Finder, onNoMatch: () => void = () => {}): Profile {
  const matches = matchFrames(profile, expression);
  if (!matches.any) onNoMatch();
  const variants = new FrameVariants(profile.frames);
  return rewriteStacks(
    profile,
    (growth) => new Beginning(growth, matches.line, matches.mapping, variants),
    variants,
  );
}

class Beginning implements StackRule {
  readonly #growth: Growth;
  readonly #line: Uint8Array;
  readonly #mapping: Uint8Array;
  readonly #variants: FrameVariants;
  readonly #inline: Int32Array | undefined;
  #place = new Int32Array();
  /** 1 = the new stack has begun. */
  #begun = new Uint8Array();
  /** 1 = a frame of the location fits. */
  #fits = new Uint8Array();
  /** Where the location begins. */
  #base = new Int32Array();
  #depth = new Int32Array();
  /** How many frames of the location are left out. */
  #gone = new Int32Array();

  constructor(growth: Growth, line: Uint8Array, mapping: Uint8Array, variants: FrameVariants) {
    this.#growth = growth;
    this.#line = line;
    this.#mapping = mapping;
    this.#variants = variants;
    this.#inline = variants.frames.inline;
  }

  reserve(slots: number): void {
    this.#begun = new Uint8Array(slots);
    this.#fits = new Uint8Array(slots);
    this.#place = new Int32Array(slots);
    this.#base = new Int32Array(slots);
    this.#depth = new Int32Array(slots);
    this.#gone = new Int32Array(slots);
  }

  step(from: number, to: number, frame: number): void {
    const depth = this.#inline ? this.#inline[frame]! : 0;
    const inside = depth > this.#depth[from]!;
    let place = this.#place[from]!;
    let begun = this.#begun[from]!;
    let fits = inside ? this.#fits[from]! : 0;
    let gone = inside ? this.#gone[from]! : 0;
    const base = inside ? this.#base[from]! : place;
    if (this.#mapping[frame]) begun = 1;
    else if (this.#line[frame] && !fits) {
      place = base;
      gone = depth;
      begun = fits = 1;
    }
    if (begun) place = this.#growth.push(place, this.#variants.raised(frame, gone));
    this.#place[to] = place;
    this.#begun[to] = begun;
    this.#fits[to] = fits;
    this.#base[to] = base;
    this.#depth[to] = depth;
    this.#gone[to] = gone;
  }

  end(slot: number): number {
    return this.#begun[slot] ? this.#place[slot]! : START;
  }
}
