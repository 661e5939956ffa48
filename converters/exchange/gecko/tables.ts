/** Tables of numbers: an object of columns, or rows and a schema which says what stands where in them. */
import { END, Float64List, JsonKeys, type JsonReader, type Source } from '../../../src/plugin.ts';

const COLUMNS = [
  'address',
  'category',
  'column',
  'columnNumber',
  'fileName',
  'filename',
  'frame',
  'func',
  'inlineDepth',
  'lib',
  'line',
  'lineNumber',
  'location',
  'name',
  'prefix',
  'prefixOffset',
  'resource',
  'source',
  'stack',
  'threadCPUDelta',
  'time',
  'timeDeltas',
  'weight',
] as const;

export type ColumnName = (typeof COLUMNS)[number];

const KEYS = new JsonKeys([...COLUMNS, 'schema', 'data', 'weightType']);
const SCHEMA = KEYS.names.indexOf('schema');
const DATA = KEYS.names.indexOf('data');
const WEIGHT_TYPE = KEYS.names.indexOf('weightType');
/** Rows of no version are as long; what stands further behind is passed by. */
const MAX_COLUMNS = 32;
/** More is neither an index, nor an address, nor a value. */
const MOST = 2 ** 64;
const BEYOND = 'a number beyond all bounds';

export interface Table {
  /** Where it stands in the file, as in `threads[0].samples`. */
  path: string;
  length: number;
  /** NaN = null, or no number. */
  columns: Partial<Record<ColumnName, Float64Array>>;
  /** '' = not said. */
  weightType: string;
}

/** The table that comes next. */
export function readTable(json: JsonReader, source: Source): Table {
  const table: Table = { path: json.path(), length: 0, columns: {}, weightType: '' };
  let schema: Partial<Record<ColumnName, number>> = {};
  let rows: Float64List[] | undefined;
  for (let key = json.enterObject(KEYS); key !== END; key = json.nextKey(KEYS)) {
    if (key === SCHEMA && json.isObject()) schema = readSchema(json);
    else if (key === DATA && json.isArray()) rows = readRows(json, source, schema);
    else if (key === WEIGHT_TYPE && json.isString()) table.weightType = json.string();
    else if (key >= 0 && key < COLUMNS.length && json.isArray())
      table.columns[COLUMNS[key]!] = readColumn(json, source);
    else json.skip();
  }
  if (rows)
    for (const name of COLUMNS) {
      const column = schema[name] === undefined ? undefined : rows[schema[name]];
      if (column) table.columns[name] = within(column.trimmed(), source, table.path);
    }
  for (const column of Object.values(table.columns)) table.length = Math.max(table.length, column.length);
  return table;
}

function readSchema(json: JsonReader): Partial<Record<ColumnName, number>> {
  const schema: Partial<Record<ColumnName, number>> = {};
  for (let key = json.enterObject(KEYS); key !== END; key = json.nextKey(KEYS)) {
    if (key >= 0 && key < COLUMNS.length && json.isNumber()) schema[COLUMNS[key]!] = json.number();
    else json.skip();
  }
  return schema;
}

function readColumn(json: JsonReader, source: Source): Float64Array {
  const column = new Float64List();
  for (let more = json.enterArray(); more; more = json.nextItem()) column.push(numberOrNone(json, source));
  return column.trimmed();
}

/**
 * Columns by their place in the rows, which end where nothing more is known. Those that no schema in front of them names
 * stay empty: ids of windows go up to 2^64. Without a schema all are kept, and looked at when it is there.
 */
function readRows(
  json: JsonReader,
  source: Source,
  schema: Partial<Record<ColumnName, number>>,
): Float64List[] {
  const wanted = new Set(Object.values(schema));
  const columns: Float64List[] = [];
  let length = 0;
  for (let more = json.enterArray(); more; more = json.nextItem()) {
    let place = 0;
    for (let another = json.enterArray(); another; another = json.nextItem(), place++) {
      if (place === columns.length && place < MAX_COLUMNS) columns.push(filled(length));
      if (place >= columns.length || (wanted.size > 0 && !wanted.has(place))) json.skip();
      else columns[place]!.push(wanted.size > 0 ? numberOrNone(json, source) : anyNumber(json));
    }
    length++;
    for (const column of columns) if (column.length < length) column.push(Number.NaN);
  }
  return columns;
}

function filled(length: number): Float64List {
  const list = new Float64List(Math.max(1, length));
  list.array.fill(Number.NaN);
  list.length = length;
  return list;
}

function numberOrNone(json: JsonReader, source: Source): number {
  return json.isNumber() ? finite(json, source) : anyNumber(json);
}

/** The number that comes next, however large; NaN = it is none. */
function anyNumber(json: JsonReader): number {
  if (json.isNumber()) return json.number();
  json.skip();
  return Number.NaN;
}

/** A column of rows that stood in front of their schema. */
function within(column: Float64Array, source: Source, path: string): Float64Array {
  if (column.some((number) => Math.abs(number) >= MOST)) source.fail('bad-value', BEYOND, { path });
  return column;
}

/** The number that comes next. */
export function finite(json: JsonReader, source: Source): number {
  const number = json.number();
  if (Math.abs(number) < MOST) return number;
  return source.fail('bad-value', BEYOND, json.place());
}
