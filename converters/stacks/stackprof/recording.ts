/** What stands in a dump, in whichever of its two forms. */
import { NumberList } from '../../../src/plugin.ts';

export class Recording {
  /** `cpu`, `wall`, `object` or `custom`; '' = not said. */
  mode = '';
  /** Microseconds, or objects; NaN = not said. */
  interval = Number.NaN;
  /** NaN = not said. */
  samples = Number.NaN;
  missed = Number.NaN;
  metadata: unknown;
  frames: unknown;
  /** Depth, numbers of frames (root first), count; again and again. */
  readonly raw = new NumberList();
  /** The same with lines for frames. */
  readonly rawLines = new NumberList();
  /** Microseconds, one for each sample. */
  readonly timestamps = new NumberList();
  readonly deltas = new NumberList();

  /** Where the list under a key goes. */
  list(key: string): NumberList | undefined {
    if (key === 'raw') return this.raw;
    if (key === 'raw_lines') return this.rawLines;
    if (key === 'raw_sample_timestamps') return this.timestamps;
    return key === 'raw_timestamp_deltas' ? this.deltas : undefined;
  }

  /** Takes the value under a key, lists of numbers apart. */
  take(key: string, value: unknown): void {
    if (key === 'mode') this.mode = typeof value === 'string' ? value : '';
    else if (key === 'frames') this.frames = value;
    else if (key === 'metadata') this.metadata = value;
    else if (key === 'interval') this.interval = numberOf(value);
    else if (key === 'samples') this.samples = numberOf(value);
    else if (key === 'missed_samples') this.missed = numberOf(value);
  }
}

function numberOf(value: unknown): number {
  return typeof value === 'number' ? value : Number.NaN;
}
