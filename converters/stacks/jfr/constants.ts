/** The constants of a chunk: stacks, and what they are made of. */
import { Int32List } from '../../../src/plugin.ts';
import { type Cursor, type Key, TextConstant } from './cursor.ts';
import { className } from './java-names.ts';
import { Layout, readField, skipValue, type Value } from './layout.ts';
import type { Type, Types } from './metadata.ts';

/** Leaf first. */
export interface StackTrace {
  methods: Key[];
  /** 0 or less = unknown. */
  lines: Int32Array;
  isTruncated: boolean;
}

export interface Method {
  /** The class, in the language's own spelling; '' = it has none. */
  className: string;
  name: string;
  /** The types of parameters and result, as the JVM spells them: `(IJ)V`. */
  descriptor: string;
}

interface MethodKeys {
  type: Key;
  name: Key;
  descriptor: Key;
}

export class Constants {
  readonly #texts = new Map<Key, Value>();
  readonly #symbols = new Map<Key, Value>();
  readonly #classes = new Map<Key, Value>();
  readonly #methods = new Map<Key, MethodKeys>();
  readonly #threads = new Map<Key, Value>();
  readonly #states = new Map<Key, Value>();
  readonly #traces = new Map<Key, StackTrace>();
  readonly #types: Types;

  constructor(types: Types) {
    this.#types = types;
  }

  /** Reads an event of constants. Returns how far from it the one before stands, below 0; 0 = it is the first. */
  read(cursor: Cursor): number {
    // Size, type, start, duration.
    for (let i = 0; i < 4; i++) cursor.unsigned();
    const delta = cursor.integer();
    // What the event is for.
    cursor.byte();
    for (let pools = cursor.unsigned(); pools > 0; pools--) {
      const type = this.#types.get(cursor.unsigned()) ?? cursor.fail('constants of a type that is not known');
      const read = this.#reader(type);
      for (let left = cursor.count(); left > 0; left--) read(cursor, cursor.key());
    }
    return delta;
  }

  /** Reads constants of a type, behind their keys. */
  #reader(type: Type): (cursor: Cursor, key: Key) => void {
    switch (type.name) {
      case 'java.lang.String':
        return (cursor, key) => this.#texts.set(key, cursor.text());
      case 'jdk.types.Symbol':
        return fieldsOf(type, ['string'], (key, [text]) => this.#symbols.set(key, text));
      case 'java.lang.Class':
        return fieldsOf(type, ['name'], (key, [name]) => this.#classes.set(key, name));
      case 'jdk.types.Method':
        return fieldsOf(type, ['type', 'name', 'descriptor'], (key, values) => {
          const [type, name, descriptor] = values as [Key, Key, Key];
          this.#methods.set(key, { type, name, descriptor });
        });
      case 'java.lang.Thread':
        return fieldsOf(type, ['javaName', 'osName'], (key, [javaName, osName]) =>
          this.#threads.set(key, javaName || osName),
        );
      case 'jdk.types.ThreadState':
        return fieldsOf(type, ['name'], (key, [name]) => this.#states.set(key, name));
      case 'jdk.types.StackTrace':
        return (cursor, key) => this.#traces.set(key, readTrace(cursor, type));
      default:
        return (cursor) => skipValue(cursor, type);
    }
  }

  trace(key: Key): StackTrace | undefined {
    return this.#traces.get(key);
  }

  method(key: Key): Method {
    const method = this.#methods.get(key);
    if (!method) return { className: '', name: '[unknown]', descriptor: '' };
    const name = this.#symbol(method.name);
    return {
      className: this.className(method.type),
      name: name === '' ? '[unknown]' : name,
      descriptor: this.#symbol(method.descriptor),
    };
  }

  /** '' = unknown. */
  className(key: Key): string {
    return className(this.#symbol(this.#classes.get(key)));
  }

  /** '' = unknown. */
  thread(key: Key): string {
    return this.text(this.#threads.get(key));
  }

  /** '' = unknown. */
  state(key: Key): string {
    return this.text(this.#states.get(key));
  }

  #symbol(key: Value): string {
    return this.text(this.#symbols.get(key as Key));
  }

  /** '' = there is none. */
  text(value: Value): string {
    const text = value instanceof TextConstant ? this.#texts.get(value.key) : value;
    return typeof text === 'string' ? text : '';
  }
}

/** Reads constants of which some fields are wanted. */
function fieldsOf(
  type: Type,
  names: string[],
  take: (key: Key, values: Value[]) => void,
): (cursor: Cursor, key: Key) => void {
  const layout = new Layout(type, names);
  return (cursor, key) => {
    layout.read(cursor);
    take(key, layout.values);
  };
}

function readTrace(cursor: Cursor, { fields }: Type): StackTrace {
  const methods: Key[] = [];
  const lines = new Int32List(16);
  let isTruncated = false;
  for (const field of fields) {
    if (field.name !== 'frames' || !field.isArray) {
      const value = readField(cursor, field);
      if (field.name === 'truncated') isTruncated = value !== 0;
      continue;
    }
    const layout = new Layout(field.type, ['method', 'lineNumber']);
    for (let left = cursor.count(); left > 0; left--) {
      const start = cursor.at;
      layout.read(cursor);
      if (cursor.at === start) cursor.fail('frames that take no bytes');
      const [method, line] = layout.values;
      methods.push(method as Key);
      lines.push(Number(line));
    }
  }
  return { methods, lines: lines.trimmed().slice(), isTruncated };
}
