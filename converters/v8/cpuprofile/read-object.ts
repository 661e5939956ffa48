/** Recordings of small files: from what `JSON.parse` makes of them. */
import { NumberList, type Place } from '../../../src/plugin.ts';
import { MAX_WRAPPERS, WRAPPERS } from '../wrappers.ts';
import { readLegacyTree } from './legacy.ts';
import type { Recording } from './recording.ts';
import type { Recordings } from './recordings.ts';

type Fields = Record<string, unknown>;

/** Adds all profiles in a value: a profile, an array of them, or a reply of the DevTools protocol. */
export function readObject(value: unknown, recordings: Recordings, path = '', depth = 0): void {
  if (depth > MAX_WRAPPERS) return;
  if (Array.isArray(value)) {
    for (const [i, item] of value.entries()) readObject(item, recordings, `${path}[${i}]`, depth + 1);
  } else if (isObject(value)) {
    for (const key of Object.keys(value)) {
      if (WRAPPERS.includes(key)) readObject(value[key], recordings, join(path, key), depth + 1);
    }
    if (isPresent(value['nodes']) || isPresent(value['head'])) {
      recordings.add(new ObjectReader(recordings, path).read(value));
    }
  }
}

class ObjectReader {
  readonly #recordings: Recordings;
  readonly #recording: Recording;
  readonly #path: string;

  constructor(recordings: Recordings, path: string) {
    this.#recordings = recordings;
    this.#recording = recordings.start(path);
    this.#path = path;
  }

  read(fields: Fields): Recording {
    const recording = this.#recording;
    const { title, _callFrames: callFrames } = fields;
    if (typeof title === 'string') recording.title = title;
    if (Array.isArray(callFrames)) recording.callFrames = callFrames;
    recording.startTime = this.#number(fields['startTime'], 'startTime');
    recording.endTime = this.#number(fields['endTime'], 'endTime');
    for (const key of ['samples', 'timeDeltas', 'timestamps', 'lines'] as const) {
      recording[key] = this.#numbers(fields[key], key);
    }
    if (isPresent(fields['nodes'])) this.#nodes(this.#array(fields['nodes'], 'nodes'));
    else readLegacyTree(fields['head'], recording, this.#recordings.source);
    return recording;
  }

  #nodes(nodes: unknown[]): void {
    const recording = this.#recording;
    let at = 0;
    recording.place = () => this.#place(`nodes[${at}]`);
    for (; at < nodes.length; at++) {
      const fields = nodes[at];
      if (!isObject(fields)) this.#wrong(fields, 'an object', `nodes[${at}]`);
      this.#node(fields, `nodes[${at}]`);
    }
  }

  #node(fields: Fields, path: string): void {
    const { node } = this.#recording;
    node.clear();
    node.id = this.#number(fields['id'], path, 'id');
    node.hitCount = this.#number(fields['hitCount'], path, 'hitCount');
    node.parent = this.#number(fields['parent'], path, 'parent');
    if (isPresent(fields['callFrame'])) node.frame = this.#recording.frameOf(fields['callFrame']);
    else if (Object.hasOwn(fields, 'functionName')) node.inline = fields;
    if (isPresent(fields['children'])) {
      const children = this.#array(fields['children'], path, 'children');
      for (const [i, child] of children.entries()) {
        if (typeof child !== 'number') this.#wrong(child, 'a number', `${path}.children[${i}]`);
        node.addChild(child);
      }
    }
    if (isPresent(fields['positionTicks'])) {
      const ticks = this.#array(fields['positionTicks'], path, 'positionTicks');
      for (const [i, tick] of ticks.entries()) {
        const at = `${path}.positionTicks[${i}]`;
        if (!isObject(tick)) this.#wrong(tick, 'an object', at);
        node.addTicks(this.#number(tick['line'], at, 'line'), this.#number(tick['ticks'], at, 'ticks'));
      }
    }
    this.#recording.addNode();
  }

  /** NaN = absent. */
  #number(value: unknown, ...path: string[]): number {
    if (!isPresent(value)) return Number.NaN;
    if (typeof value !== 'number') this.#wrong(value, 'a number', path.join('.'));
    return value;
  }

  #numbers(value: unknown, path: string): NumberList | undefined {
    if (!isPresent(value)) return undefined;
    const items = this.#array(value, path);
    const list = new NumberList(items.length + 1);
    for (const [i, item] of items.entries()) {
      if (typeof item !== 'number') this.#wrong(item, 'a number', `${path}[${i}]`);
      list.push(item);
    }
    return list;
  }

  #array(value: unknown, ...path: string[]): unknown[] {
    return Array.isArray(value) ? value : this.#wrong(value, 'an array', path.join('.'));
  }

  #wrong(value: unknown, expected: string, path: string): never {
    const message = `expected ${expected}, found ${kindOf(value)}`;
    this.#recordings.source.fail('bad-value', message, this.#place(path));
  }

  #place(path: string): Place {
    return { path: join(this.#path, path) };
  }
}

function join(path: string, key: string): string {
  return path === '' ? key : `${path}.${key}`;
}

function isPresent(value: unknown): boolean {
  return value !== undefined && value !== null;
}

function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function kindOf(value: unknown): string {
  if (value === null || typeof value === 'boolean') return String(value);
  if (Array.isArray(value)) return 'an array';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}
