/** Names and places of several profiles in one builder: what is the same in all that is known of it is one. */
import type { ProfileBuilder } from './builder.ts';
import type { Profile } from './profile.ts';

/** What the rows of a profile's tables are in the builder. */
export interface MergedRows {
  functionOf: Int32Array;
  frameOf: Int32Array;
  fileOf: Int32Array;
}

export class MergedNames {
  readonly builder: ProfileBuilder;
  /** Functions with ids, by all that is known of them. */
  readonly #known = new Map<string, number>();

  constructor(builder: ProfileBuilder) {
    this.builder = builder;
  }

  add(profile: Profile): MergedRows {
    const { builder } = this;
    const { frames } = profile;
    const mappingOf = profile.mappings.map(({ name, ...info }) => builder.mapping(name, info));
    const functionOf = this.#functions(profile, mappingOf);
    const frameOf = new Int32Array(frames.length);
    for (let f = 0; f < frames.length; f++) {
      frameOf[f] = builder.frame(functionOf[frames.func[f]!]!, {
        line: frames.line[f]!,
        column: frames.column[f]!,
        mapping: mappingOf[frames.mapping[f]!] ?? -1,
        address: frames.address ? frames.address[f]! : 0n,
        inline: frames.inline ? frames.inline[f]! : 0,
      });
    }
    const fileOf = Int32Array.from(profile.files, (name) => builder.fileIndex(name));
    return { functionOf, frameOf, fileOf };
  }

  /** Ids tell functions apart within one profile only. */
  #functions({ functions }: Profile, mappingOf: number[]): Int32Array {
    const of = new Int32Array(functions.length);
    for (let f = 0; f < of.length; f++) {
      const name = functions.name[f]!;
      const info = {
        systemName: functions.systemName[f]!,
        file: functions.file[f]!,
        line: functions.line[f]!,
        column: functions.column[f]!,
        mapping: mappingOf[functions.mapping[f]!] ?? -1,
        ...(functions.process && { process: functions.process[f]! }),
      };
      of[f] = functions.id
        ? this.#withId(name, { ...info, id: functions.id[f]! })
        : this.builder.function(name, info);
    }
    return of;
  }

  #withId(name: string, info: { id: string }): number {
    const key = `${name}\0${Object.values(info).join('\0')}`;
    const index = this.#known.get(key) ?? this.builder.addFunction(name, info);
    this.#known.set(key, index);
    return index;
  }
}
