/** What a recording tells of itself: the command, the settings, and when it was made. */
import type { Meta } from '../../../src/plugin.ts';
import type { Constants } from './constants.ts';
import type { Cursor } from './cursor.ts';
import type { ChunkHeader } from './header.ts';
import { Layout } from './layout.ts';
import type { Types } from './metadata.ts';

/** Fields of the events that tell something. */
const FIELDS = {
  'jdk.JVMInformation': ['jvmVersion', 'javaArguments'],
  'jdk.ActiveSetting': ['id', 'name', 'value'],
} as const;

export class Facts {
  readonly #meta: Meta;
  readonly #comments = new Set<string>();
  /** Nanoseconds since 1970 at which the last chunk ends. */
  #end = 0n;
  #types: Types = new Map();
  /** Those of the chunk at hand, by number. */
  #layouts = new Map<number, Layout>();

  /** What is told goes into `meta`. */
  constructor(meta: Meta) {
    this.#meta = meta;
    meta.producer = 'JFR';
  }

  addChunk({ start, duration }: ChunkHeader, types: Types): void {
    const end = start + duration;
    this.#end = end > this.#end ? end : this.#end;
    const { startTime = start } = this.#meta;
    this.#meta.startTime = start < startTime ? start : startTime;
    this.#meta.duration = Number(this.#end - this.#meta.startTime);
    this.#types = types;
    this.#layouts = new Map();
    for (const [number, type] of types) {
      if (Object.hasOwn(FIELDS, type.name))
        this.#layouts.set(number, new Layout(type, FIELDS[type.name as keyof typeof FIELDS]));
    }
  }

  /** Reads an event of such a type; false = it is of another. */
  read(number: number, cursor: Cursor, constants: Constants): boolean {
    const layout = this.#layouts.get(number);
    if (!layout) return false;
    layout.read(cursor);
    const [first, second, third] = layout.values;
    if (this.#types.get(number)!.name === 'jdk.JVMInformation') {
      const [version, command] = [constants.text(first), constants.text(second)];
      if (version !== '') this.#comment(version);
      if (command !== '') this.#meta.command = command;
    } else if (constants.text(second) === 'period') {
      const type = this.#types.get(Number(first))?.name;
      const period = constants.text(third);
      if (type?.endsWith('Sample') && /^\d/.test(period)) this.#comment(`${type}: every ${period}`);
    }
    return true;
  }

  #comment(text: string): void {
    this.#comments.add(text);
    this.#meta.comments = [...this.#comments];
  }
}
