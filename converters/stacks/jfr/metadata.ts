/** How the events and constants of a chunk are laid out, as the chunk itself says it. */
import type { Cursor } from './cursor.ts';

export interface Type {
  name: string;
  fields: Field[];
}

export interface Field {
  name: string;
  type: Type;
  /** Whether it holds the key of a constant of its type. */
  isConstant: boolean;
  isArray: boolean;
  /** What its numbers measure, as far as that is said: `TICKS`, `NANOSECONDS`, `BYTES`, … */
  unit: string;
}

/** Types by number. */
export type Types = Map<number, Type>;

interface Element {
  name: string;
  attributes: Map<string, string>;
  children: Element[];
}

/** Elements stand in others so deep at most; the JDK needs five levels. */
const MAX_DEPTH = 32;
/** The JDK has some thousands. */
const MAX_ELEMENTS = 1_000_000;
/** Annotations of fields that tell their unit. */
const UNITS = new Set(['jdk.jfr.Timespan', 'jdk.jfr.DataAmount']);

/** Reads the event of metadata that the cursor is at. */
export function readTypes(cursor: Cursor): Types {
  // Size, type, start, duration, and a number of its own.
  for (let i = 0; i < 5; i++) cursor.unsigned();
  const texts: string[] = [];
  for (let left = cursor.count(); left > 0; left--) {
    const text = cursor.text();
    texts.push(typeof text === 'string' ? text : '');
  }
  const root = readElement(cursor, { texts, left: MAX_ELEMENTS }, 0);
  const classes = root.children
    .filter(({ name }) => name === 'metadata')
    .flatMap(({ children }) => children.filter(({ name }) => name === 'class'));
  const types: Types = new Map();
  for (const { attributes } of classes)
    types.set(Number(attributes.get('id')), { name: attributes.get('name') ?? '', fields: [] });
  for (const { attributes, children } of classes) {
    const type = types.get(Number(attributes.get('id')))!;
    type.fields = children
      .filter(({ name }) => name === 'field')
      .map((field) => fieldOf(field, types, cursor));
  }
  return types;
}

/** What elements refer to, and how many there may be yet. */
interface Elements {
  texts: string[];
  left: number;
}

function readElement(cursor: Cursor, elements: Elements, depth: number): Element {
  if (depth > MAX_DEPTH) cursor.fail('elements within elements without end');
  if (elements.left-- === 0) cursor.fail(`more than ${MAX_ELEMENTS} elements`);
  const text = () => elements.texts[cursor.unsigned()] ?? cursor.fail('there is no such text');
  const name = text();
  const attributes = new Map<string, string>();
  for (let left = cursor.count(); left > 0; left--) {
    const key = text();
    attributes.set(key, text());
  }
  const children: Element[] = [];
  for (let left = cursor.count(); left > 0; left--) children.push(readElement(cursor, elements, depth + 1));
  return { name, attributes, children };
}

function fieldOf({ attributes, children }: Element, types: Types, cursor: Cursor): Field {
  const name = attributes.get('name') ?? '';
  const type = types.get(Number(attributes.get('class')));
  if (!type) cursor.fail(`no type is known of the field ${name}`);
  const annotation = children.find(({ name, attributes }) => {
    const kind = types.get(Number(attributes.get('class')));
    return name === 'annotation' && kind && UNITS.has(kind.name);
  });
  return {
    name,
    type,
    isConstant: attributes.get('constantPool') === 'true',
    isArray: attributes.get('dimension') === '1',
    unit: annotation?.attributes.get('value') ?? '',
  };
}
