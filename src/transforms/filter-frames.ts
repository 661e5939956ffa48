/**
 * Keeps stacks by the frames on them, and leaves frames out of stacks: pprof's focus, ignore, hide, show and
 * noinlines. What a hidden frame took goes to its caller; a stack of which nothing is left goes.
 */
import type { Finder } from '../finder.ts';
import { matchFrames } from '../match-frames.ts';
import type { Profile } from '../profile.ts';
import { FrameVariants, type Growth, rewriteStacks, START, type StackRule } from '../rewrite-stacks.ts';

export interface FrameFilter {
  /** Keep stacks with a frame that fits. */
  focus?: Finder | undefined;
  /** Drop stacks with a frame that fits, even if one fits `focus`. */
  ignore?: Finder | undefined;
  /** Leave out frames that fit. */
  hide?: Finder | undefined;
  /** Leave out frames that do not fit. */
  show?: Finder | undefined;
}

const FOCUSED = 1;
const IGNORED = 2;
const HIDDEN = 4;

/** A profile of stacks, filtered. `onNoMatch` is told of expressions that fit no frame. */
export function filterFrames(
  profile: Profile,
  filter: FrameFilter,
  onNoMatch: (option: keyof FrameFilter) => void = () => {},
): Profile {
  const marks = frameMarks(profile, filter, onNoMatch);
  return withMarks(profile, marks);
}

/** A profile of stacks without the calls that a compiler inlined: what they took goes to the physical function. */
export function withoutInlines(profile: Profile): Profile {
  const { inline, length } = profile.frames;
  if (!inline) return profile;
  return withMarks(
    profile,
    Uint8Array.from({ length }, (_, f) => (inline[f]! > 0 ? FOCUSED | HIDDEN : FOCUSED)),
  );
}

/** Whether each node of a flat profile is kept. */
export function filterFlat(
  profile: Profile,
  filter: FrameFilter,
  onNoMatch: (option: keyof FrameFilter) => void = () => {},
): Uint8Array {
  const marks = frameMarks(profile, filter, onNoMatch);
  return Uint8Array.from(profile.nodes.frame, (frame) => (marks[frame] === FOCUSED ? 1 : 0));
}

function frameMarks(
  profile: Profile,
  { focus, ignore, hide, show }: FrameFilter,
  onNoMatch: (option: keyof FrameFilter) => void,
): Uint8Array {
  const marks = new Uint8Array(profile.frames.length);
  const mark = (option: keyof FrameFilter, expression: Finder, bit: number, wanted: 0 | 1) => {
    const { line, mapping, any } = matchFrames(profile, expression);
    if (!any) onNoMatch(option);
    for (let f = 0; f < marks.length; f++) if ((line[f]! | mapping[f]!) === wanted) marks[f]! |= bit;
  };
  if (focus) mark('focus', focus, FOCUSED, 1);
  else marks.fill(FOCUSED);
  if (ignore) mark('ignore', ignore, IGNORED, 1);
  if (hide) mark('hide', hide, HIDDEN, 1);
  if (show) mark('show', show, HIDDEN, 0);
  return marks;
}

function withMarks(profile: Profile, marks: Uint8Array): Profile {
  const variants = new FrameVariants(profile.frames);
  return rewriteStacks(profile, (growth) => new Filter(growth, marks, variants), variants);
}

class Filter implements StackRule {
  readonly #growth: Growth;
  readonly #marks: Uint8Array;
  readonly #variants: FrameVariants;
  readonly #inline: Int32Array | undefined;
  /** What marks the stack has met. */
  #met = new Uint8Array();
  #place = new Int32Array();
  /** Inline depth of the frame, and how many frames of its location are left out so far. */
  #depth = new Int32Array();
  #gone = new Int32Array();

  constructor(growth: Growth, marks: Uint8Array, variants: FrameVariants) {
    this.#growth = growth;
    this.#marks = marks;
    this.#variants = variants;
    this.#inline = variants.frames.inline;
  }

  reserve(slots: number): void {
    this.#met = new Uint8Array(slots);
    this.#place = new Int32Array(slots);
    if (!this.#inline) return;
    this.#depth = new Int32Array(slots);
    this.#gone = new Int32Array(slots);
  }

  step(from: number, to: number, frame: number): void {
    const marks = this.#marks[frame]!;
    this.#met[to] = this.#met[from]! | marks;
    let gone = 0;
    if (this.#inline) {
      const depth = this.#inline[frame]!;
      if (depth > this.#depth[from]!) gone = this.#gone[from]!;
      this.#depth[to] = depth;
      this.#gone[to] = marks & HIDDEN ? gone + 1 : gone;
    }
    const place = this.#place[from]!;
    this.#place[to] =
      marks & HIDDEN
        ? place
        : this.#growth.push(place, gone === 0 ? frame : this.#variants.raised(frame, gone));
  }

  end(slot: number): number {
    return (this.#met[slot]! & (FOCUSED | IGNORED)) === FOCUSED ? this.#place[slot]! : START;
  }
}
