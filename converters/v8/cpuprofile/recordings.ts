/** All profiles of a file, which is one profile as a rule. */
import { ProfileBuilder, type Source } from '../../../src/plugin.ts';
import { CallFrames } from '../call-frame.ts';
import { Recording } from './recording.ts';

export class Recordings {
  readonly source: Source;
  readonly builder = new ProfileBuilder([]);
  readonly frames = new CallFrames(this.builder);
  readonly list: Recording[] = [];

  constructor(source: Source) {
    this.source = source;
  }

  /** A new recording, for what stands at `path`. */
  start(path: string): Recording {
    // Only a profile that is the whole file is as large as the file.
    const recording = new Recording(this.source, this.frames, path === '' ? (this.source.size ?? 0) : 0);
    recording.path = path;
    return recording;
  }

  /** The recording is complete. */
  add(recording: Recording): void {
    recording.finish();
    this.list.push(recording);
  }
}
