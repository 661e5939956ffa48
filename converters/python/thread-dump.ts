/** The stacks of a program's threads at one moment, each of which counts as one sample. */
import { type Label, type Profile, ProfileBuilder } from '../../src/plugin.ts';
import { EMPTY_STACK, SampledTree } from './sampled-tree.ts';
import { SAMPLES } from './stack-lines.ts';

const ONE = [1];

export class ThreadDump {
  readonly builder: ProfileBuilder = new ProfileBuilder([SAMPLES]);
  readonly #samples = new SampledTree(1);

  get length(): number {
    return this.#samples.sampleCount;
  }

  /** Adds the stack of a thread, leaf first. */
  add(frames: Int32Array, labels: Label[]): void {
    const { builder } = this;
    const { tree } = this.#samples;
    let node = -1;
    for (let i = frames.length - 1; i >= 0; i--) node = tree.child(node, frames[i]!);
    if (node < 0) node = tree.child(-1, builder.frame(builder.function(EMPTY_STACK)));
    this.#samples.add(node, ONE, Number.NaN, builder.labels(labels));
  }

  profile(): Profile {
    return this.#samples.profile(this.builder);
  }
}
