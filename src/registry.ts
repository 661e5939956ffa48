/** A set of formats: looked up by name or extension, or recognised from the beginning of an input. */
import { ProfileError } from './diagnostics.ts';
import type { Format } from './format.ts';
import type { Head } from './input/head.ts';

/** A score below this is too weak to act on. */
const RECOGNISED = 0.3;
/** A winner below this is told of as a guess. */
export const SURE = 0.6;
/** From here on nothing else comes near, and no other format is asked: most of them take longer than reading. */
const CERTAIN = 0.95;
/** Scores nearer than this are a tie, which the file name may break. */
const NEAR = 0.05;

export interface Guess {
  format: Format;
  /** 0 … 1, as the format's own probe says. */
  score: number;
}

/** Whether the first of the guesses is good enough to act on. */
export function isRecognised([best]: Guess[]): boolean {
  return best !== undefined && best.score >= RECOGNISED;
}

export class Registry {
  readonly #formats: readonly Format[];

  constructor(formats: readonly Format[]) {
    this.#formats = formats;
    const names = new Set<string>();
    for (const format of formats) {
      for (const name of [format.name, ...(format.aliases ?? [])]) {
        if (names.has(name)) throw new Error(`two formats are called ${name}`);
        names.add(name);
      }
    }
  }

  list(): readonly Format[] {
    return this.#formats;
  }

  /** This set and more formats, which are asked first. */
  with(...formats: Format[]): Registry {
    return new Registry([...formats, ...this.#formats]);
  }

  /** The format with this name or alias. */
  find(name: string): Format | undefined {
    return this.#formats.find((format) => format.name === name || format.aliases?.includes(name));
  }

  /** The format with this name or alias that can be read (`parser`) or written (`emitter`). */
  get(name: string, ability: 'parser' | 'emitter'): Format {
    const format = this.find(name);
    if (format?.[ability]) return format;
    const able = this.#formats.filter((f) => f[ability]).map((f) => f.name);
    const verb = ability === 'parser' ? 'read' : 'written';
    throw new ProfileError({
      code: 'usage/unknown-format',
      message: format ? `${format.name} cannot be ${verb}` : `there is no format called ${name}`,
      hint: `formats that can be ${verb}: ${able.join(', ')}`,
    });
  }

  /** The format written for this file name: the longest extension that fits. */
  byExtension(fileName: string, ability: 'parser' | 'emitter'): Format | undefined {
    let best: Format | undefined;
    let length = 0;
    for (const format of this.#formats) {
      if (!format[ability]) continue;
      const fits = fittingExtension(format, fileName);
      if (fits > length) {
        best = format;
        length = fits;
      }
    }
    return best;
  }

  /** All formats that the input may be of, the surest first; the file name only breaks near-ties. */
  detect(head: Head, fileName = ''): Guess[] {
    return ranked([...this.#guesses(head)], fileName);
  }

  /** Formats that the input may be of, in the order of the list, each asked when it is its turn. */
  *#guesses(head: Head): Generator<Guess> {
    for (const format of this.#formats) {
      const score = format.parser?.probe(head) ?? 0;
      if (score > 0) yield { format, score };
    }
  }

  /** What to do with a file that a tool wrote, but that is no profile yet. */
  #rawHint({ bytes }: Head): string | undefined {
    const beginning = new TextDecoder('latin1').decode(bytes.subarray(0, 32));
    const raw = this.#formats.flatMap(({ parser }) => parser?.raw ?? []);
    return raw.find(({ begins }) => beginning.startsWith(begins))?.hint;
  }

  /** The one format the input is of. Throws `ProfileError` when there is none or more than one. */
  recognise(head: Head, fileName: string): Guess {
    if (head.bytes.length === 0) {
      throw new ProfileError({
        code: 'input/empty',
        file: fileName,
        message: 'the input is empty',
        hint: 'did the profiler finish? many write their file only when the program ends',
      });
    }
    const guesses: Guess[] = [];
    for (const guess of this.#guesses(head)) {
      if (guess.score >= CERTAIN) return guess;
      guesses.push(guess);
    }
    const [best, second] = ranked(guesses, fileName);
    if (best === undefined || best.score < RECOGNISED) {
      const guess = best ? `; the best guess is ${best.format.name} (-f ${best.format.name})` : '';
      throw new ProfileError({
        code: 'input/unknown-format',
        file: fileName,
        message: `not recognised as any profile format${guess}`,
        hint:
          this.#rawHint(head) ??
          'see prof2dot formats for what can be read; -f FORMAT reads it as that format',
      });
    }
    const tied = second !== undefined && second.score > best.score - NEAR;
    if (tied && fittingExtension(best.format, fileName) === fittingExtension(second.format, fileName)) {
      throw new ProfileError({
        code: 'input/ambiguous-format',
        file: fileName,
        message: `may be ${best.format.name} as well as ${second.format.name}`,
        hint: `say which: -f ${best.format.name} or -f ${second.format.name}`,
      });
    }
    return best;
  }
}

/** The surest first; the file name only breaks near-ties. */
function ranked(guesses: Guess[], fileName: string): Guess[] {
  guesses.sort((a, b) => b.score - a.score);
  const near = guesses.filter((g) => g.score > guesses[0]!.score - NEAR);
  if (near.length > 1) {
    near.sort((a, b) => fittingExtension(b.format, fileName) - fittingExtension(a.format, fileName));
    guesses.splice(0, near.length, ...near);
  }
  return guesses;
}

/** Length of the format's longest extension that the name ends in; compression endings do not count. */
function fittingExtension(format: Format, fileName: string): number {
  const name = fileName.toLowerCase();
  const bare = name.replace(/\.(gz|zst|br|zz)$/, '');
  let length = 0;
  for (const extension of format.extensions) {
    if (name.endsWith(`.${extension}`) || bare.endsWith(`.${extension}`))
      length = Math.max(length, extension.length);
  }
  return length;
}
