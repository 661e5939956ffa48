/** Goes through the map: keys are calls with what they took, or moments with their stacks. */
import type { Meta, Profile, Source } from '../../../src/plugin.ts';
import { Calls } from './calls.ts';
import { JsonMap } from './json-map.ts';
import type { MapReader } from './map-reader.ts';
import { PhpMap } from './php-map.ts';
import { Stacks } from './stacks.ts';

/** XHGui keeps what the request was beside the profile. */
const WRAPPED =
  /"profile"\s*:\s*\{\s*(?:\}|"(?:[^"\\]|\\.)*"\s*:\s*\{)|s:7:"profile";a:(?:0|\d+:\{s:\d+:"[^"]*";a):/;
const PROFILE = 'profile';
const META = 'meta';

export function read(source: Source): Profile {
  return new Reader(source).read();
}

class Reader {
  readonly #source: Source;
  readonly #maps: MapReader;
  readonly #meta: Meta = {};
  readonly #calls: Calls;
  readonly #stacks: Stacks;

  constructor(source: Source) {
    this.#source = source;
    this.#maps = source.head.text.startsWith('a:') ? new PhpMap(source) : new JsonMap(source);
    this.#calls = new Calls(source, this.#meta);
    this.#stacks = new Stacks(source, this.#meta);
  }

  /** Throws `ProfileError`. */
  read(): Profile {
    if (WRAPPED.test(this.#source.head.text)) this.#wrapped();
    else this.#entries();
    this.#maps.finish();
    if (!this.#calls.empty && !this.#stacks.empty)
      this.#source.warn('stacks-too', 'there are stacks beside the calls: they are left out');
    if (!this.#calls.empty) return this.#calls.profile();
    if (!this.#stacks.empty) return this.#stacks.profile();
    const hint = 'was it stopped before it began? xhprof_enable() … xhprof_disable()';
    return this.#source.fail('empty', 'there is not one call in it', undefined, hint);
  }

  #wrapped(): void {
    const maps = this.#maps;
    for (let key = maps.enter(); key !== undefined; key = maps.next()) {
      if (key === PROFILE) this.#entries();
      else if (key === META && maps.isMap()) this.#request();
      else maps.skip();
    }
  }

  #request(): void {
    const maps = this.#maps;
    for (let key = maps.enter(); key !== undefined; key = maps.next()) {
      if (key === 'url' && maps.isText()) this.#meta.command = maps.text();
      else maps.skip();
    }
  }

  #entries(): void {
    const maps = this.#maps;
    for (let key = maps.enter(); key !== undefined; key = maps.next()) {
      if (maps.isText()) this.#stacks.add(key, maps.text());
      else this.#call(key);
    }
  }

  #call(call: string): void {
    const maps = this.#maps;
    if (!this.#calls.add(call))
      this.#source.warn('repeated-call', 'a call is told twice: both are added up', maps.place());
    for (let key = maps.enter(); key !== undefined; key = maps.next()) {
      const value = maps.number();
      if (!Number.isFinite(value) || (key === 'ct' && value < 0))
        this.#source.fail('bad-value', `${JSON.stringify(key)} cannot be ${value}`, maps.place());
      if (Math.abs(value) > Number.MAX_SAFE_INTEGER)
        this.#source.warn('inexact-value', 'values beyond 2^53 are rounded', maps.place());
      this.#calls.value(key, value);
    }
  }
}
