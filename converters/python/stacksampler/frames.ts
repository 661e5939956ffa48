/** Frames as stacksampler writes them: `function(module)`. */
import type { ProfileBuilder } from '../../../src/plugin.ts';
import { EMPTY_STACK } from '../sampled-tree.ts';

const FRAME = /^(.+)\(([^()]*)\)$/s;

/** Adds frames to a profile. */
export function frameReader(builder: ProfileBuilder): (text: string) => number {
  return (text) => {
    const match = FRAME.exec(text);
    if (!match) return builder.frame(builder.function(text === '' ? EMPTY_STACK : text));
    return builder.frame(builder.function(match[1]!, { mapping: builder.mapping(match[2]!) }));
  };
}
