/** Frames as parts of a profile. */
import type { ProfileBuilder } from '../../../src/plugin.ts';
import { EMPTY_STACK } from '../sampled-tree.ts';
import { placed } from './frame-text.ts';

/** Adds frames to a profile. */
export function frameReader(builder: ProfileBuilder): (text: string) => number {
  return (text) => {
    const frame = placed(text);
    if (!frame) return builder.frame(builder.function(text === '' ? EMPTY_STACK : text));
    const { file, name, line } = frame;
    return builder.frame(builder.function(name, { file }), { line });
  };
}
