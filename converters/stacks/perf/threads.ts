/** Who was sampled: program, process, thread and CPU, as labels. */
import type { Label, ProfileBuilder } from '../../../src/plugin.ts';

/** Between the thread and the end there may be a CPU, and flags of two kinds. */
const WHO = /^\s*(?:(.*?)\s+)?(?:(-?\d+)\/)?(-?\d+)(?:\s+\[(\d+)\])?(?:\s+[A-Za-z.][A-Za-z0-9.]*){0,2}\s*$/s;

/** What is longer is no name of a program. */
const MAX_WHO = 512;

export interface Thread {
  /** The same for the same thread, whatever its name is and the CPU it runs on. */
  id: number;
  /** Index of its set of labels, or -1. */
  labels: number;
}

export class Threads {
  readonly #builder: ProfileBuilder;
  readonly #known = new Map<string, number>();

  constructor(builder: ProfileBuilder) {
    this.#builder = builder;
  }

  /** The thread that the part of a header in front of the time tells of. */
  read(text: string): Thread {
    const match = text.length > MAX_WHO ? undefined : WHO.exec(text);
    const [, name = '', process = '', thread = '', cpu = ''] = match ?? ['', text.trim()];
    const labels: Label[] = [];
    if (process !== '') labels.push({ key: 'process', value: Number(process) });
    if (name !== '') labels.push({ key: 'thread', value: name });
    if (thread !== '') labels.push({ key: 'thread id', value: Number(thread) });
    if (cpu !== '') labels.push({ key: 'cpu', value: Number(cpu) });
    const key = thread === '' ? name : `${process}/${thread}`;
    if (!this.#known.has(key)) this.#known.set(key, this.#known.size);
    return {
      id: this.#known.get(key)!,
      labels: labels.length > 0 ? this.#builder.labels(labels) : -1,
    };
  }
}
