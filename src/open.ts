/** Opens an input: takes off its compression, looks at its beginning, and says of which format it is. */
import { type Diagnostics, ProfileError } from './diagnostics.ts';
import type { Format } from './format.ts';
import type { ByteInput, PeekedInput } from './input/byte-input.ts';
import { brotliStart, type DecompressOptions, decompress, decompressBrotli } from './input/decompress.ts';
import { type Head, headOf } from './input/head.ts';
import { type Guess, isRecognised, type Registry, SURE } from './registry.ts';

export interface OpenSettings {
  registry: Registry;
  diagnostics: Diagnostics;
  /** Name of the input: for messages, and to break near-ties between formats. */
  name: string;
  /** Name of the format; absent = recognised by content. */
  format?: string | undefined;
  /** The most bytes that compressed input may hold. Default 16 GiB. */
  maxInput?: number | undefined;
}

export const MAX_INPUT: number = 16 * 2 ** 30;

/** An input without its compression, as far as its head. */
interface Unpacked {
  input: PeekedInput;
  head: Head;
}

export interface Opened extends Unpacked, Guess {}

/** All formats that an input may be of, the surest first. */
export async function guess(
  input: ByteInput,
  settings: Omit<OpenSettings, 'diagnostics' | 'format'>,
): Promise<Guess[]> {
  const { registry, name } = settings;
  const plain = await unpacked(input, settings);
  const guesses = registry.detect(plain.head, name);
  if (isRecognised(guesses)) return guesses;
  const inside = await insideBrotli(plain, settings, (head) => isRecognised(registry.detect(head, name)));
  return inside ? registry.detect(inside.head, name) : guesses;
}

/** Opens an input. Throws `ProfileError`, also if it is of no known format. */
export async function open(input: ByteInput, settings: OpenSettings): Promise<Opened> {
  const plain = await unpacked(input, settings);
  return settings.format === undefined
    ? recognised(plain, settings)
    : openedAs(settings.format, plain, settings);
}

async function recognised(plain: Unpacked, settings: OpenSettings): Promise<Opened> {
  const { registry, diagnostics, name } = settings;
  let opened: Opened;
  try {
    opened = { ...plain, ...registry.recognise(plain.head, name) };
  } catch (error) {
    if (!(error instanceof ProfileError) || error.diagnostic.code !== 'input/unknown-format') throw error;
    const inside = await insideBrotli(plain, settings, (head) => isRecognised(registry.detect(head, name)));
    if (!inside) throw error;
    opened = { ...inside, ...registry.recognise(inside.head, name) };
  }
  const { format, score } = opened;
  if (score < SURE) {
    diagnostics.add({
      severity: 'warning',
      code: 'input/weak-guess',
      file: name,
      message: `taken for ${format.name}, but not surely`,
      hint: `say -f ${format.name}, or the right format`,
    });
  }
  return opened;
}

async function openedAs(name: string, plain: Unpacked, settings: OpenSettings): Promise<Opened> {
  const format = settings.registry.get(name, 'parser');
  const isSense = (head: Head) => format.parser!.probe(head) > 0;
  if (isSense(plain.head)) return { ...plain, format, score: 1 };
  const { bytes, text } = plain.head;
  const isNoText = text === '' && bytes.length > 0;
  const inside = isNoText && (await insideBrotli(plain, settings, isSense));
  if (!inside) refuseOther(format, plain.head, settings);
  return { ...(inside || plain), format, score: 1 };
}

/** A reader that passes over what it does not know makes some profile of nearly any text. */
function refuseOther(asked: Format, head: Head, { registry, name }: OpenSettings): void {
  const [best] = registry.detect(head, name);
  // Plain stacks are no more than SURE, so that they can be read as those of any tool.
  if (best === undefined || best.score <= SURE) return;
  throw new ProfileError({
    code: 'input/other-format',
    file: name,
    message: `it looks like ${best.format.name}, not ${asked.name}`,
    hint: `say -f ${best.format.name}, or leave -f out`,
  });
}

async function unpacked(input: ByteInput, settings: Omit<OpenSettings, 'diagnostics'>): Promise<Unpacked> {
  const opened = await decompress(input, limitsOf(settings));
  return { input: opened, head: headOf(opened) };
}

/** What is inside of an input that makes no sense as it is, if it is brotli and then makes sense. */
async function insideBrotli(
  { input }: Unpacked,
  settings: Omit<OpenSettings, 'diagnostics'>,
  isSense: (head: Head) => boolean,
): Promise<Unpacked | undefined> {
  const limits = limitsOf(settings);
  if (limits.name.endsWith('.br') || !isSense(headOf(await brotliStart(input, limits)))) return undefined;
  const inside = await decompressBrotli(input, limits);
  return { input: inside, head: headOf(inside) };
}

function limitsOf({ name, maxInput }: Omit<OpenSettings, 'diagnostics'>): DecompressOptions {
  return { name, limit: maxInput ?? MAX_INPUT };
}
