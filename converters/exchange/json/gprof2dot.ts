/**
 * gprof2dot's own JSON: functions, and events with a call chain and costs.
 *
 * Written by memtrail and by scripts that feed gprof2dot.
 * Spec: https://github.com/jrfonseca/gprof2dot/blob/main/schema.json
 * The surprise: call chains are leaf first, and an event counts as a call of its leaf.
 */
import { Int32List, type Profile, ProfileBuilder, type Source } from '../../../src/plugin.ts';

type Json = Record<string, unknown>;

/** Whether a document whose top level has these keys is gprof2dot's. */
export function isGprof2dotJson(keys: ReadonlySet<string>): boolean {
  return keys.has('functions') && keys.has('events') && keys.has('version');
}

/** Reads the parsed document; fails on what does not follow the schema. */
export function parseGprof2dotJson(document: unknown, source: Source): Profile {
  return new Reader(source).read(document);
}

class Reader {
  readonly #source: Source;

  constructor(source: Source) {
    this.#source = source;
  }

  read(document: unknown): Profile {
    const top = this.#object(document, '');
    if (top['version'] !== 0)
      this.#fail('version', `expected 0, got ${described(top['version'])}`, 'no other version is known');
    const builder = new ProfileBuilder(this.#metrics(top['costs']));
    const functions = this.#array(top['functions'], 'functions');
    for (const [i, value] of functions.entries()) this.#addFunction(builder, value, i);

    const events = this.#array(top['events'], 'events');
    const width = builder.metrics.length;
    const start = new Uint32Array(events.length + functions.length + 1);
    const frame = new Int32List();
    const values = builder.metrics.map(() => new Float64Array(events.length + functions.length));
    const calls = new Float64Array(functions.length);
    const used = new Uint8Array(functions.length);
    let length = 0;
    for (const [i, value] of events.entries()) {
      const event = this.#object(value, `events[${i}]`);
      const chain = this.#array(event['callchain'], `events[${i}].callchain`);
      if (chain.length === 0) this.#fail(`events[${i}].callchain`, 'a call chain has at least one function');
      for (let k = chain.length - 1; k >= 0; k--) {
        const func = this.#index(chain[k], functions.length, `events[${i}].callchain[${k}]`);
        frame.push(func);
        used[func] = 1;
      }
      calls[frame.array[frame.length - 1]!]!++;
      const cost = this.#array(event['cost'], `events[${i}].cost`);
      if (cost.length > width) {
        this.#source.warn(
          'undescribed-cost',
          `only the first ${width} costs of an event are described, others are left out`,
          {
            path: `events[${i}].cost`,
          },
        );
      }
      for (let m = 0; m < width; m++) values[m]![length] = this.#cost(cost[m], `events[${i}].cost[${m}]`);
      start[++length] = frame.length;
    }
    // Functions that no event met stand in the graph nevertheless.
    for (let func = 0; func < functions.length; func++) {
      builder.addCalls(func, calls[func]!);
      if (used[func]) continue;
      frame.push(func);
      start[++length] = frame.length;
    }
    const stacks = { length, start: start.subarray(0, length + 1), frame: frame.trimmed() };
    return builder.stacks(
      stacks,
      values.map((column) => column.subarray(0, length)),
    );
  }

  #metrics(costs: unknown): { name: string; unit: string }[] {
    if (costs === undefined) return [{ name: 'samples', unit: 'samples' }];
    const metrics = this.#array(costs, 'costs').map((value, i) => {
      const cost = this.#object(value, `costs[${i}]`);
      const name = this.#text(cost['description'] ?? 'samples', `costs[${i}].description`);
      return { name, unit: this.#text(cost['unit'] ?? name.toLowerCase(), `costs[${i}].unit`) };
    });
    return metrics.length > 0 ? metrics : [{ name: 'samples', unit: 'samples' }];
  }

  #addFunction(builder: ProfileBuilder, value: unknown, i: number): void {
    const { name, module, process } = this.#object(value, `functions[${i}]`);
    const func = builder.addFunction(this.#text(name, `functions[${i}].name`), {
      id: String(i),
      ...(module !== undefined && { mapping: builder.mapping(this.#text(module, `functions[${i}].module`)) }),
      ...(process !== undefined && { process: this.#text(process, `functions[${i}].process`) }),
    });
    builder.addFrame(func);
  }

  #object(value: unknown, path: string): Json {
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Json;
    return this.#wrong(value, 'an object', path);
  }

  #array(value: unknown, path: string): unknown[] {
    return Array.isArray(value) ? value : this.#wrong(value, 'an array', path);
  }

  #text(value: unknown, path: string): string {
    return typeof value === 'string' ? value : this.#wrong(value, 'a text', path);
  }

  #cost(value: unknown, path: string): number {
    if (typeof value !== 'number' || !Number.isFinite(value)) return this.#wrong(value, 'a number', path);
    if (Math.abs(value) > Number.MAX_SAFE_INTEGER) {
      this.#source.warn('inexact-cost', 'a cost beyond 2^53 may be rounded', { path });
    }
    return value;
  }

  #index(value: unknown, length: number, path: string): number {
    if (typeof value === 'number' && Number.isInteger(value) && value >= 0 && value < length) return value;
    return this.#wrong(value, `the index of one of ${length} functions`, path);
  }

  #wrong(value: unknown, expected: string, path: string): never {
    return this.#fail(path, `expected ${expected}, got ${described(value)}`);
  }

  #fail(path: string, message: string, hint?: string): never {
    return this.#source.fail('bad-value', message, path === '' ? undefined : { path }, hint);
  }
}

function described(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (typeof value === 'object')
    return Array.isArray(value) ? 'an array' : value === null ? 'null' : 'an object';
  const text = JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}
