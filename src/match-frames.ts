/** Which frames an expression finds: by the name of the function, its file, or the mapping, as pprof looks for it. */
import type { Finder } from './finder.ts';
import type { Profile } from './profile.ts';

/** By frame. */
export interface FrameMatches {
  /** 1 = the function's name or file. */
  line: Uint8Array;
  /** 1 = the mapping: all of a location at once. */
  mapping: Uint8Array;
  /** Whether any frame is found. */
  any: boolean;
}

export function matchFrames(profile: Profile, expression: Finder): FrameMatches {
  const { functions, frames, mappings } = profile;
  const funcs = functions.name.map((name, f) => expression.test(name) || expression.test(functions.file[f]!));
  const images = mappings.map(({ name }) => expression.test(name));
  const line = new Uint8Array(frames.length);
  const mapping = new Uint8Array(frames.length);
  let any = false;
  for (let frame = 0; frame < frames.length; frame++) {
    const func = frames.func[frame]!;
    const image = frames.mapping[frame]! >= 0 ? frames.mapping[frame]! : functions.mapping[func]!;
    if (funcs[func]) line[frame] = 1;
    if (images[image]) mapping[frame] = 1;
    if (funcs[func] || images[image]) any = true;
  }
  return { line, mapping, any };
}

/** The name without a leading dot and without its arguments, as pprof compares it. */
export function simplifiedName(name: string): string {
  const bare = name.startsWith('.') ? name.slice(1) : name;
  for (const match of bare.matchAll(/\(anonymous namespace\)|operator\(\)|\(/g)) {
    if (match[0] === '(') return bare.slice(0, match.index);
  }
  return bare;
}
