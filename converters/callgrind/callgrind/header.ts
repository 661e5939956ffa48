/** Header lines: what the file is of, its events and positions, and where a new part begins. */
import type { Meta, Place, Source } from '../../../src/plugin.ts';
import { type EventInfo, eventInfo, type Formula, parseFormula, type Units } from './events.ts';

/** What a part says of itself; `Meta.raw.callgrind` lists the parts of a file. */
export interface Part {
  pid?: string;
  part?: string;
  thread?: string;
  desc?: string[];
  /** Costs of all that ran, events in file order: may be more than what the functions add up to. */
  summary?: string;
  totals?: string;
}

/** Lines that open a new part once the present one has a body. */
const OPENERS = new Set(['version', 'creator', 'pid', 'cmd', 'part', 'thread', 'positions', 'events']);
const KNOWN_VERSION = 1;
/** Xdebug up to 2.9 names no units. */
const XDEBUG_UNITS: Units = { Time: 'microseconds', Memory: 'bytes' };
const YAPPI_UNITS: Units = { Ticks: 'microseconds' };
/** KCachegrind takes 200; each is a column of every table. */
const MAX_EVENTS = 256;

export class Header {
  /** Words of the `positions:` line. */
  positions: string[] = ['line'];
  /** Metrics by column, of the part that is being read; undefined before its `events:` line. */
  layout: number[] | undefined;
  /** The file comes from Xdebug. */
  xdebug = false;
  /** The file comes from callgrind itself. */
  valgrind = false;
  /** The file comes from yappi, or a profiler with yappi inside. */
  yappi = false;
  readonly parts: Part[] = [];
  readonly #source: Source;
  readonly #meta: Meta;
  /** Real events of all parts, in order of first sight, and where each stands. */
  readonly #events: string[] = [];
  readonly #indices = new Map<string, number>();
  readonly #titles = new Map<string, string>();
  readonly #formulas = new Map<string, { text: string; place: Place }>();
  #part: Part | undefined;

  constructor(source: Source, meta: Meta) {
    this.#source = source;
    this.#meta = meta;
  }

  /** How many real events there are so far. */
  get eventCount(): number {
    return this.#events.length;
  }

  /** The part that is being read. */
  get part(): Part {
    this.#part ??= this.#newPart();
    return this.#part;
  }

  #newPart(): Part {
    const part: Part = {};
    this.parts.push(part);
    return part;
  }

  /** Whether a line with this key, in the body of a part, begins the next one. */
  opensPart(key: string): boolean {
    return OPENERS.has(key);
  }

  nextPart(): void {
    this.#part = undefined;
  }

  /** Takes in a line `key: value`; false if it is none of a header. */
  read(key: string, value: string, place: () => Place): boolean {
    const { part } = this;
    switch (key) {
      case 'version':
        this.#version(value, place);
        break;
      case 'creator':
        this.#meta.producer ??= value;
        this.xdebug = /^xdebug\b/i.test(value);
        this.valgrind = /^callgrind-\d/.test(value);
        this.yappi = /^yappi\b/i.test(value);
        break;
      case 'cmd':
        this.#meta.command ??= value;
        break;
      case 'pid':
      case 'part':
      case 'thread':
        part[key] = value;
        break;
      case 'desc':
        part.desc ??= [];
        part.desc.push(value);
        break;
      case 'summary':
      case 'totals':
        part[key] = value;
        break;
      case 'positions':
        this.positions = words(value);
        break;
      case 'event':
        this.#event(value, place());
        break;
      case 'events':
        this.#setEvents(words(value), place);
        break;
      default:
        return key === 'arch';
    }
    return true;
  }

  #version(value: string, place: () => Place): void {
    // Only Xdebug up to 2.2 wrote this one.
    if (value === '0.9.6') this.xdebug = true;
    if (Number.parseInt(value, 10) > KNOWN_VERSION) {
      this.#source.warn(
        'version',
        `version ${value} of the format is not known; read as version ${KNOWN_VERSION}`,
        place(),
      );
    }
  }

  /** `name : long name`, or `name = formula : long name`. */
  #event(value: string, place: Place): void {
    const [, name, formula, title] = /^([^\s=:]+)\s*(?:=([^:]*))?(?::(.*))?$/.exec(value) ?? [];
    if (name === undefined) {
      this.#source.warn('bad-event', 'expected `event: name : long name` or `event: name = formula`', place);
      return;
    }
    if (title !== undefined) this.#titles.set(name, title.trim());
    if (formula !== undefined) this.#formulas.set(name, { text: formula, place });
    this.#refuseTooMany(this.#formulas.size, place);
  }

  #refuseTooMany(count: number, place: Place): void {
    if (count > MAX_EVENTS) this.#source.fail('too-many-events', `more than ${MAX_EVENTS} events`, place);
  }

  #setEvents(names: string[], place: () => Place): void {
    if (names.length === 0) this.#source.fail('no-events', 'the events line names no event', place());
    const layout = new Set<number>();
    for (const name of names) {
      let index = this.#indices.get(name);
      // A name that stands twice in a line names two columns.
      if (index === undefined || layout.has(index)) {
        index = this.#events.push(name) - 1;
        this.#indices.set(name, index);
      }
      layout.add(index);
      if (layout.size > MAX_EVENTS) break;
    }
    this.#refuseTooMany(this.#events.length, place());
    this.layout = [...layout];
  }

  /** The real events of all parts. */
  events(): EventInfo[] {
    const units = this.xdebug ? XDEBUG_UNITS : this.yappi ? YAPPI_UNITS : {};
    return this.#events.map((name) => eventInfo(name, this.#titles.get(name) ?? '', units));
  }

  /** The derived events: their terms count real events first, then these, each built on those before it. */
  formulas(): Formula[] {
    const formulas: Formula[] = [];
    const names = [...this.#events];
    for (const [name, { text, place }] of this.#formulas) {
      if (this.#indices.has(name)) continue;
      const terms = parseFormula(text, (word) => names.indexOf(word));
      if (typeof terms === 'string') {
        const what = terms === '' ? 'it is empty' : `"${terms}" is not expected there`;
        this.#source.warn('bad-formula', `the formula of event ${name} is left out: ${what}`, place);
        continue;
      }
      names.push(name);
      this.#refuseTooMany(names.length, place);
      formulas.push({ name, title: this.#titles.get(name) ?? '', terms });
    }
    return formulas;
  }

  /** What the parts say of themselves, for people and for the way back. */
  finish(): void {
    const texts = this.parts.flatMap((part) => part.desc ?? []);
    const comments = [...new Set(texts)].filter((text) => !/:\s*$/.test(text));
    if (comments.length > 0) this.#meta.comments = comments;
    if (this.parts.some((part) => Object.keys(part).length > 0)) {
      this.#meta.raw = { callgrind: { events: this.#events, parts: this.parts } };
    }
  }
}

function words(text: string): string[] {
  return text.split(/\s+/).filter((word) => word !== '');
}
