/**
 * Ends stacks at the frame nearest the leaf that fits: pprof's prune_from. What was below goes to that frame.
 *
 * The surprise: names are compared without their arguments, files and mappings not at all, and of a location, what
 * stands below its last frame that fits goes wherever the location occurs.
 */
import type { Finder } from '../finder.ts';
import { simplifiedName } from '../match-frames.ts';
import type { Profile } from '../profile.ts';
import { type Growth, rewriteStacks, type StackRule } from '../rewrite-stacks.ts';

/** A profile of stacks. `onNoMatch` is called when the expression fits no frame. */
export function pruneFrom(profile: Profile, expression: Finder, onNoMatch: () => void = () => {}): Profile {
  const { functions, frames } = profile;
  const funcs = functions.name.map((name) => name !== '' && expression.test(simplifiedName(name)));
  const fits = Uint8Array.from({ length: frames.length }, (_, f) => (funcs[frames.func[f]!] ? 1 : 0));
  if (!fits.includes(1)) onNoMatch();
  return rewriteStacks(profile, (growth) => new Ending(growth, fits, frames.inline));
}

class Ending implements StackRule {
  readonly #growth: Growth;
  readonly #fits: Uint8Array;
  readonly #inline: Int32Array | undefined;
  /** The stack with all of the location; with what of it stays unless a frame further on fits. */
  #whole = new Int32Array();
  #settled = new Int32Array();
  /** The stack up to the last frame that fits; 0 = none has. */
  #last = new Int32Array();
  #depth = new Int32Array();
  /** 1 = a frame of the location fits. */
  #inside = new Uint8Array();

  constructor(growth: Growth, fits: Uint8Array, inline: Int32Array | undefined) {
    this.#growth = growth;
    this.#fits = fits;
    this.#inline = inline;
  }

  reserve(slots: number): void {
    this.#whole = new Int32Array(slots);
    this.#settled = new Int32Array(slots);
    this.#last = new Int32Array(slots);
    this.#depth = new Int32Array(slots);
    this.#inside = new Uint8Array(slots);
  }

  step(from: number, to: number, frame: number): void {
    const depth = this.#inline ? this.#inline[frame]! : 0;
    const goesOn = depth > this.#depth[from]!;
    const whole = this.#growth.push(goesOn ? this.#whole[from]! : this.#settled[from]!, frame);
    const fits = this.#fits[frame]!;
    const inside = goesOn ? this.#inside[from]! | fits : fits;
    this.#whole[to] = whole;
    this.#settled[to] = fits || !inside ? whole : this.#settled[from]!;
    this.#last[to] = fits ? whole : this.#last[from]!;
    this.#depth[to] = depth;
    this.#inside[to] = inside;
  }

  end(slot: number): number {
    return this.#last[slot]! || this.#settled[slot]!;
  }
}
