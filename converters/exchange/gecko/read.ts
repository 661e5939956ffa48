/** What stands in a file: threads with their tables, and what they share. Nothing is looked up in them yet. */
import { END, JsonKeys, JsonReader, type Source } from '../../../src/plugin.ts';
import { finite, readTable, type Table } from './tables.ts';

const FILE = new JsonKeys(['meta', 'libs', 'shared', 'threads', 'processes', 'profile']);
const META = new JsonKeys(['interval', 'startTime', 'product', 'importedFrom', 'categories', 'sampleUnits']);
const UNITS = new JsonKeys(['threadCPUDelta']);
const CATEGORY = new JsonKeys(['name']);
const LIB = new JsonKeys(['name', 'path', 'codeId', 'breakpadId', 'start', 'end', 'offset']);
const TABLES = [
  'samples',
  'stackTable',
  'frameTable',
  'funcTable',
  'resourceTable',
  'sources',
  'jsAllocations',
  'nativeAllocations',
] as const;
const THREAD = new JsonKeys([
  ...TABLES,
  'stringArray',
  'stringTable',
  'libs',
  'name',
  'processName',
  'processType',
  'pid',
  'tid',
]);
/** Processes that are in a process, and the recordings of old developer tools, are not nested any deeper. */
const MAX_NESTING = 8;

type Tables = Partial<Record<(typeof TABLES)[number], Table>>;

export interface Lib {
  name: string;
  path: string;
  codeId: string;
  breakpadId: string;
  start: number;
  end: number;
  offset: number;
}

/** What a thread has of its own, or all of them have together. */
export interface Part {
  /** Where it stands in the file. */
  path: string;
  tables: Tables;
  strings?: string[];
  libs?: Lib[];
}

export interface Thread extends Part {
  name: string;
  processName: string;
  processType: string;
  /** '' = unknown. */
  pid: string;
  tid: string;
}

export interface Meta {
  /** Milliseconds; NaN = unknown. */
  interval: number;
  /** Milliseconds since 1970. */
  startTime: number;
  product: string;
  importedFrom: string;
  categories: string[];
  cpuUnit: string;
}

/** A process, or all of them. */
export interface GeckoFile {
  meta: Meta;
  shared: Part;
  threads: Thread[];
  processes: GeckoFile[];
}

/** Throws `ProfileError`. */
export function readFile(source: Source): GeckoFile {
  const json = new JsonReader(source.utf8(), source);
  const file = new FileReader(json, source).read(0);
  json.finish();
  return file;
}

class FileReader {
  readonly #json: JsonReader;
  readonly #source: Source;

  constructor(json: JsonReader, source: Source) {
    this.#json = json;
    this.#source = source;
  }

  read(nesting: number): GeckoFile {
    const json = this.#json;
    if (nesting > MAX_NESTING)
      this.#source.fail('too-deep', 'processes in processes without end', json.place());
    const file: GeckoFile = {
      meta: {
        interval: Number.NaN,
        startTime: Number.NaN,
        product: '',
        importedFrom: '',
        categories: [],
        cpuUnit: '',
      },
      shared: { path: json.path(), tables: {} },
      threads: [],
      processes: [],
    };
    for (let key = json.enterObject(FILE); key !== END; key = json.nextKey(FILE)) {
      const name = FILE.names[key];
      if (name === 'meta') this.#meta(file.meta);
      else if (name === 'libs' && json.isArray()) file.shared.libs = this.#libs();
      else if (name === 'shared' && json.isObject()) this.#part(file.shared);
      else if (name === 'threads')
        for (let more = json.enterArray(); more; more = json.nextItem()) file.threads.push(this.#thread());
      else if (name === 'processes' && json.isArray())
        for (let more = json.enterArray(); more; more = json.nextItem())
          file.processes.push(this.read(nesting + 1));
      else if (name === 'profile' && json.isObject()) file.processes.push(this.read(nesting + 1));
      else json.skip();
    }
    return file;
  }

  #meta(meta: Meta): void {
    const json = this.#json;
    for (let key = json.enterObject(META); key !== END; key = json.nextKey(META)) {
      const name = META.names[key];
      if ((name === 'interval' || name === 'startTime') && json.isNumber())
        meta[name] = finite(json, this.#source);
      else if ((name === 'product' || name === 'importedFrom') && json.isString()) meta[name] = json.string();
      else if (name === 'categories' && json.isArray())
        for (let more = json.enterArray(); more; more = json.nextItem())
          meta.categories.push(this.#textIn(CATEGORY));
      else if (name === 'sampleUnits' && json.isObject()) meta.cpuUnit = this.#textIn(UNITS);
      else json.skip();
    }
  }

  #libs(): Lib[] {
    const json = this.#json;
    const libs: Lib[] = [];
    for (let more = json.enterArray(); more; more = json.nextItem()) {
      const lib: Lib = { name: '', path: '', codeId: '', breakpadId: '', start: 0, end: 0, offset: 0 };
      for (let key = json.enterObject(LIB); key !== END; key = json.nextKey(LIB)) {
        const name = LIB.names[key];
        if ((name === 'start' || name === 'end' || name === 'offset') && json.isNumber())
          lib[name] = finite(json, this.#source);
        else if (
          (name === 'name' || name === 'path' || name === 'codeId' || name === 'breakpadId') &&
          json.isString()
        )
          lib[name] = json.string();
        else json.skip();
      }
      libs.push(lib);
    }
    return libs;
  }

  #thread(): Thread {
    const path = this.#json.path();
    const thread: Thread = { path, tables: {}, name: '', processName: '', processType: '', pid: '', tid: '' };
    this.#part(thread, thread);
    return thread;
  }

  /** Reads what a thread has; of all threads together that is no more than tables and strings. */
  #part(part: Part, thread?: Thread): void {
    const json = this.#json;
    for (let key = json.enterObject(THREAD); key !== END; key = json.nextKey(THREAD)) {
      const name = THREAD.names[key];
      const table = TABLES[key];
      if (table !== undefined && json.isObject()) part.tables[table] = readTable(json, this.#source);
      else if ((name === 'stringArray' || name === 'stringTable') && json.isArray())
        part.strings = this.#strings();
      else if (name === 'libs' && json.isArray()) part.libs = this.#libs();
      else if (thread && (name === 'pid' || name === 'tid')) thread[name] = this.#textOrNumber();
      else if (
        thread &&
        (name === 'name' || name === 'processName' || name === 'processType') &&
        json.isString()
      )
        thread[name] = json.string();
      else json.skip();
    }
  }

  #strings(): string[] {
    const json = this.#json;
    const strings: string[] = [];
    for (let more = json.enterArray(); more; more = json.nextItem()) strings.push(json.string());
    return strings;
  }

  #textOrNumber(): string {
    const json = this.#json;
    if (json.isString()) return json.string();
    if (json.isNumber()) return `${json.number()}`;
    json.skip();
    return '';
  }

  /** The text under the one key of these in the object that comes next; '' = not given. */
  #textIn(keys: JsonKeys): string {
    const json = this.#json;
    let text = '';
    for (let key = json.enterObject(keys); key !== END; key = json.nextKey(keys)) {
      if (key >= 0 && json.isString()) text = json.string();
      else json.skip();
    }
    return text;
  }
}
