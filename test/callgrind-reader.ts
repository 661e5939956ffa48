/** A small reader of callgrind files that takes them as KCachegrind does: the other side of the emitter's tests. */
import assert from 'node:assert/strict';
import { posix } from 'node:path';
import type { Profile } from '../src/profile.ts';
import { convert } from './support.ts';

export type EmitOptions = Record<string, unknown>;

export async function written(profile: Profile, options: EmitOptions = {}): Promise<string> {
  return (await convert(profile, 'callgrind', { options: { callgrind: options } })).toString();
}

/** The profile as a reader of its callgrind file has it. */
export async function reread(profile: Profile, options: EmitOptions = {}): Promise<ReadFile> {
  return readCallgrind(await written(profile, options));
}

export interface ReadFunction {
  name: string;
  file: string;
  object: string;
  /** Costs by `file:line`. */
  lines: Map<string, bigint[]>;
  self: bigint[];
  /** What KCachegrind shows as inclusive: all that enters, but for direct recursion; else self and all that leaves. */
  inclusive: bigint[];
}

export interface ReadCall {
  caller: string;
  callee: string;
  calls: number;
  /** Call site, `file:line`. */
  site: string;
  targetLine: number;
  costs: bigint[];
}

export interface ReadFile {
  header: Map<string, string[]>;
  events: string[];
  /** By KCachegrind's key. */
  functions: Map<string, ReadFunction>;
  calls: ReadCall[];
  /** Costs of all functions. */
  sum: bigint[];
}

type Space = 'ob' | 'fl' | 'fn';
const SPACES: Record<string, Space> = {
  ob: 'ob',
  cob: 'ob',
  fl: 'fl',
  fi: 'fl',
  fe: 'fl',
  cfi: 'fl',
  fn: 'fn',
  cfn: 'fn',
};

/** Reads one part. Fails on all that a reader might take amiss. */
export function readCallgrind(text: string): ReadFile {
  assert.ok(text.startsWith('# callgrind format\n'), 'the marker line is missing');
  assert.ok(!/[\0\r\t]| \n/.test(text), 'a control character or a trailing blank');
  return new Reader().read(text.split('\n'));
}

class Reader {
  readonly #file: ReadFile = { header: new Map(), events: [], functions: new Map(), calls: [], sum: [] };
  readonly #names = {
    ob: new Map<string, string>(),
    fl: new Map<string, string>(),
    fn: new Map<string, string>(),
  };
  #object = '';
  #ownFile = '';
  #place = '';
  #callObject: string | undefined;
  #callPlace: string | undefined;
  #current = '';
  #callee = '';
  #call: ReadCall | undefined;

  read(lines: string[]): ReadFile {
    for (const line of lines) {
      const header = /^([a-z]+): (.*)$/.exec(line);
      const position = /^([a-z]+)=(.*)$/.exec(line);
      if (line === '' || line.startsWith('#')) continue;
      if (header) this.#header(header[1]!, header[2]!);
      else if (position?.[1] === 'calls') this.#calls(position[2]!);
      else if (position) this.#position(position[1]!, position[2]!);
      else this.#costs(line);
    }
    return this.#finish();
  }

  #header(key: string, value: string): void {
    const values = this.#file.header.get(key) ?? [];
    this.#file.header.set(key, [...values, value]);
    if (key === 'events') {
      this.#file.events = value.split(' ');
      this.#file.sum = this.#file.events.map(() => 0n);
    }
    if (key === 'event' || key === 'positions')
      assert.equal(this.#file.events.length, 0, `${key} after events`);
  }

  #position(key: string, value: string): void {
    const space = SPACES[key]!;
    const [, id, name] = /^\((\d+)\)(?: (\S.*))?$/.exec(value) ?? assert.fail(`not compressed: ${value}`);
    const names = this.#names[space];
    if (name !== undefined) {
      assert.ok(!names.has(id!), `${key} id ${id} is defined twice`);
      const known = name === '???' ? '' : name;
      if (space === 'fn') names.set(id!, this.#define(known, key === 'cfn'));
      else names.set(id!, known);
    }
    const text = names.get(id!) ?? assert.fail(`${key} id ${id} is not defined`);
    if (key === 'ob') [this.#object, this.#current] = [text, ''];
    else if (key === 'fl') this.#ownFile = this.#place = text;
    else if (key === 'fi' || key === 'fe') this.#place = text;
    else if (key === 'cob') this.#callObject = text;
    else if (key === 'cfi') this.#callPlace = text;
    else if (key === 'cfn') this.#callee = this.#agree(text, true);
    else [this.#place, this.#current] = [this.#ownFile, this.#agree(text, false)];
  }

  #context(called: boolean): [file: string, object: string] {
    if (!called) return [this.#ownFile, this.#object];
    return [this.#callPlace ?? this.#place, this.#callObject ?? this.#object];
  }

  #define(name: string, called: boolean): string {
    const [file, object] = this.#context(called);
    const key = `${name}${posix.basename(file)}${posix.basename(object)}`;
    assert.ok(!this.#file.functions.has(key), `two functions are ${key}`);
    const zero = this.#file.events.map(() => 0n);
    const entry = { name, file, object, lines: new Map(), self: zero, inclusive: zero };
    this.#file.functions.set(key, entry);
    return key;
  }

  /** The function's own place must be that of the lines around it: other readers go by them. */
  #agree(key: string, called: boolean): string {
    const { file, object } = this.#file.functions.get(key)!;
    const [aroundFile, aroundObject] = this.#context(called);
    assert.ok(
      file === aroundFile && object === aroundObject,
      `${key} stands in ${aroundFile} of ${aroundObject}`,
    );
    return key;
  }

  #calls(value: string): void {
    const [, calls, targetLine] = /^(\d+) (\d+)$/.exec(value) ?? assert.fail(`calls=${value}`);
    assert.notEqual(calls, '0');
    const ends = { caller: this.#current, callee: this.#callee, calls: Number(calls) };
    this.#call = { ...ends, targetLine: Number(targetLine), site: '', costs: [] };
    this.#callObject = this.#callPlace = undefined;
  }

  #costs(text: string): void {
    assert.ok(/^\d+( \d+)+$/.test(text), `not a cost line: ${text}`);
    const [line, ...numbers] = text.split(' ');
    const costs = numbers.map(BigInt);
    assert.equal(costs.length, this.#file.events.length);
    const site = `${this.#place}:${line}`;
    if (this.#call) {
      this.#file.calls.push({ ...this.#call, site, costs });
      this.#call = undefined;
      return;
    }
    const current = this.#file.functions.get(this.#current) ?? assert.fail('a cost before any function');
    assert.ok(!current.lines.has(site), `${site} stands twice in ${this.#current}`);
    current.lines.set(site, costs);
    current.self = plus(current.self, costs);
    this.#file.sum = plus(this.#file.sum, costs);
  }

  #finish(): ReadFile {
    const { functions, calls } = this.#file;
    const entered = new Set(calls.map(({ callee }) => callee));
    for (const [key, entry] of functions) if (!entered.has(key)) entry.inclusive = entry.self;
    for (const { caller, callee, costs } of calls) {
      if (caller === callee) continue;
      const [from, to] = [functions.get(caller)!, functions.get(callee)!];
      to.inclusive = plus(to.inclusive, costs);
      if (!entered.has(caller)) from.inclusive = plus(from.inclusive, costs);
    }
    return this.#file;
  }
}

function plus(a: bigint[], b: bigint[]): bigint[] {
  return a.map((value, i) => value + b[i]!);
}
