/** Maps in maps, piece by piece, in whichever of their two spellings. */
import type { Place } from '../../../src/plugin.ts';

export interface MapReader {
  /** Goes into the map that comes next, to the value of its first key; undefined = it is empty. */
  enter(): string | undefined;
  /** Goes on to the value of the next key; undefined = that was the last. */
  next(): string | undefined;
  isMap(): boolean;
  isText(): boolean;
  text(): string;
  number(): number;
  /** Passes by a value of whatever kind. */
  skip(): void;
  /** Checks that nothing follows. */
  finish(): void;
  place(): Place;
}
