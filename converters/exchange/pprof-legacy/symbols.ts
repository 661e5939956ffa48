/** Names that texts tell beside the addresses. */
import type { Label, LineReader } from '../../../src/plugin.ts';
import type { AddressProfile, CodeSymbol } from './address-profile.ts';
import { LineScanner } from './line-scanner.ts';

/**
 * Go's comments below a sample: `#⇥0x44a884⇥runtime.selectgo+0x424⇥/src/runtime/select.go:519` for each function,
 * leaf first, those inlined at one address one by one. A recursive stack says the same of an address each time.
 */
export class GoComments {
  readonly #profile: AddressProfile;
  /** By address, as text: how often the stack has it, and all that was told of it below this sample. */
  #told = new Map<string, { low: number; high: number; symbols: CodeSymbol[] }>();

  constructor(profile: AddressProfile) {
    this.#profile = profile;
  }

  /** Takes a comment; false if it is none of a function. */
  add(lines: LineReader): boolean {
    const scanner = new LineScanner(lines);
    scanner.start();
    if (!scanner.take('#')) return false;
    scanner.spaces();
    if (!scanner.address()) return false;
    const { low, high } = scanner;
    if (this.#profile.isNamed(low, high)) return true;
    const [name = '', place = ''] = lines
      .text(scanner.at)
      .split('\t')
      .map((part) => part.trim())
      .filter((part) => part !== '');
    if (name === '') return true;
    const key = `${high} ${low}`;
    const told = this.#told.get(key) ?? { low, high, symbols: [] };
    this.#told.set(key, told);
    told.symbols.push(symbolOf(name, place));
    return true;
  }

  /** Ends the comments of a sample whose stack, leaf first, is told by `occurrences`. */
  end(occurrences: (low: number, high: number) => number): void {
    for (const { low, high, symbols } of this.#told.values()) {
      const times = occurrences(low, high);
      const each = times > 0 && symbols.length % times === 0 ? symbols.length / times : symbols.length;
      this.#profile.name({ low, high }, symbols.slice(0, each));
    }
    this.#told.clear();
  }
}

function symbolOf(name: string, place: string): CodeSymbol {
  const plus = name.lastIndexOf('+0x');
  const colon = place.lastIndexOf(':');
  const line = Number(place.slice(colon + 1));
  const isLine = colon > 0 && Number.isInteger(line) && line >= 0 && line < 2 ** 31;
  return {
    name: plus > 0 ? name.slice(0, plus) : name,
    file: isLine ? place.slice(0, colon) : place,
    line: isLine ? line : 0,
  };
}

/** Go's labels, `# labels: {"key":"value"}`; undefined if the line is none or cannot be read. */
export function goLabels(line: string): Label[] | undefined {
  const found = /^# labels: (\{.{0,100000}\})\s*$/.exec(line);
  if (!found) return undefined;
  let pairs: unknown;
  try {
    pairs = JSON.parse(found[1]!);
  } catch {
    return undefined;
  }
  return Object.entries(pairs as object).map(([key, value]) => ({ key, value: String(value) }));
}
