/** The memory map behind the samples: `/proc/<pid>/maps`, or a shorter form, and what pprof makes of it. */
import type { Mapping, Source } from '../../../src/plugin.ts';

const HEX = '[0-9A-Fa-f]+';
const RANGE = String.raw`^\s*(?:0x)?(${HEX})[\s-]?\s*(?:0x)?(${HEX}):?(?:\s+([-rwxp]+))?`;
const PROC = new RegExp(String.raw`${RANGE}(?:\s+(${HEX}))?\s+${HEX}:${HEX}\s+\d+(?:\s+(\S+))?`);
const BRIEF = new RegExp(String.raw`${RANGE}(?:\s+(\S+))?(?:\s+\(@(${HEX})\))?(?:\s+(${HEX}))?`);
/** What glog writes in front of a line. */
const LOG_PREFIX = /^[^[\]]{1,300}:[0-9]{1,9}]\s/;
const LIBRARY = /\.so$|\.so[._]\d+/;
/** No entry is longer: expressions are not let loose on what is. */
const MAX_ENTRY = 5000;
const MAX_ADDRESS = 2n ** 64n - 1n;
/** Where linkers put programs. */
const PROGRAM_START = 0x400000n;

export function isMapStart(text: string): boolean {
  return text.includes('--- Memory map: ---') || text.includes('MAPPED_LIBRARIES:');
}

export class MemoryMap {
  mappings: Mapping[] = [];
  readonly #source: Source;
  readonly #attributes: [string, string][] = [];

  constructor(source: Source) {
    this.#source = source;
  }

  /** Reads one line. */
  add(line: string, number: number): void {
    if (line.trim() === '' || line.length > MAX_ENTRY) return;
    let text = line.replace(LOG_PREFIX, '');
    for (const [name, value] of this.#attributes) text = text.replaceAll(name, () => value);
    const mapping = entry(text);
    if (mapping === 'not-code') return;
    if (mapping) {
      this.mappings.push(mapping);
      return;
    }
    const equals = text.indexOf('=');
    if (equals > 0)
      this.#attributes.push([`$${text.slice(0, equals).trim()}`, text.slice(equals + 1).trim()]);
    else
      this.#source.warn('not-a-mapping', 'lines of the memory map that are no mappings are left out', {
        line: number,
      });
  }

  /** The index of its mapping by address; code outside of all of them gets one that covers everything. */
  assign(addresses: bigint[]): Int32Array {
    this.mappings = joined(this.mappings);
    this.#putProgramFirst();
    const { mappings } = this;
    let rest = -1;
    const find = (address: bigint): number => {
      if (address === 0n) return -1;
      const inside = mappings.findIndex(({ start, limit }) => start <= address && address < limit);
      if (inside >= 0) return inside;
      const before = mappings.findIndex(
        ({ start, offset }) => offset !== 0n && start - offset <= address && address < start,
      );
      if (before >= 0) {
        const mapping = mappings[before]!;
        mapping.start -= mapping.offset;
        mapping.offset = 0n;
        return before;
      }
      if (rest < 0)
        rest = mappings.push({ name: '', buildId: '', start: 0n, limit: MAX_ADDRESS, offset: 0n }) - 1;
      return rest;
    };
    return Int32Array.from(addresses, find);
  }

  #putProgramFirst(): void {
    const { mappings } = this;
    const program = mappings.findIndex(({ name }) => {
      const file = name.replaceAll('(deleted)', '').trim();
      return file !== '' && !file.startsWith('[') && !LIBRARY.test(file);
    });
    if (program > 0) [mappings[0], mappings[program]] = [mappings[program]!, mappings[0]!];
    const [first, second] = mappings;
    if (first?.name.startsWith('/anon_hugepage') && second && first.limit === second.start) mappings.shift();
    const [main] = mappings;
    if (main && main.start - main.offset === PROGRAM_START) {
      main.start = PROGRAM_START;
      main.offset = 0n;
    }
  }
}

function entry(text: string): Mapping | 'not-code' | undefined {
  const proc = PROC.exec(text);
  const found = proc ?? BRIEF.exec(text);
  if (!found) return undefined;
  const [, start, limit, rights = ''] = found;
  const [offset = '0', name = '', buildId = ''] = proc
    ? [found[4], found[5]]
    : [found[5], found[4], found[6]];
  if (rights !== '' && !rights.includes('x')) return 'not-code';
  if ([start!, limit!, offset].some((digits) => digits.replace(/^0+/, '').length > 16)) return undefined;
  const number = (digits: string) => BigInt(`0x${digits}`);
  return { name, buildId, start: number(start!), limit: number(limit!), offset: number(offset) };
}

/** Neighbours that are parts of one mapping, as one. */
function joined(mappings: Mapping[]): Mapping[] {
  const result: Mapping[] = [];
  for (const mapping of mappings) {
    const last = result[result.length - 1];
    if (last && isNext(last, mapping)) {
      last.limit = mapping.limit;
      last.name = mapping.name || last.name;
      last.buildId = mapping.buildId || last.buildId;
    } else {
      result.push(mapping);
    }
  }
  return result;
}

function isNext(a: Mapping, b: Mapping): boolean {
  const differ = (x: string, y: string) => x !== '' && y !== '' && x !== y;
  if (differ(a.name, b.name) || differ(a.buildId, b.buildId) || a.limit !== b.start) return false;
  return a.offset === 0n || b.offset === 0n || a.offset + (a.limit - a.start) === b.offset;
}
