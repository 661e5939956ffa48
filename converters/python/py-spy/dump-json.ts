/** `dump --json`: an array of threads, each with its stack, leaf first. */
import {
  END,
  Int32List,
  JsonKeys,
  JsonReader,
  type Label,
  type Profile,
  type Source,
} from '../../../src/plugin.ts';
import { ThreadDump } from '../thread-dump.ts';
import { threadLabels } from '../thread-labels.ts';
import { addFrame } from './frames.ts';
import { processLabels } from './labels.ts';

const THREAD = [
  'pid',
  'thread_id',
  'thread_name',
  'os_thread_id',
  'active',
  'owns_gil',
  'frames',
  'process_info',
] as const;
const FRAME = ['name', 'filename', 'module', 'line', 'locals'] as const;
const LOWER_T = 116;
const MAX_LINE = 2 ** 31;

export function readJsonDump(source: Source): Profile {
  return new DumpReader(source).read();
}

class DumpReader {
  readonly #source: Source;
  readonly #json: JsonReader;
  readonly #dump = new ThreadDump();
  readonly #threadKeys = new JsonKeys(THREAD);
  readonly #frameKeys = new JsonKeys(FRAME);

  constructor(source: Source) {
    this.#source = source;
    this.#json = new JsonReader(source.utf8(), source);
  }

  read(): Profile {
    const json = this.#json;
    for (let more = json.enterArray(); more; more = json.nextItem()) this.#thread();
    json.finish();
    return this.#dump.profile();
  }

  #thread(): void {
    const json = this.#json;
    let pid = '';
    let name = '';
    let pythonId = '';
    let osId = '';
    let active = false;
    let gil = false;
    let process: Label[] | undefined;
    const stack = new Int32List(64);
    for (let key = json.enterObject(this.#threadKeys); key !== END; key = json.nextKey(this.#threadKeys)) {
      const what = THREAD[key];
      if (what === 'pid') pid = this.#id();
      else if (what === 'thread_name') name = this.#text();
      else if (what === 'thread_id') pythonId = this.#id();
      else if (what === 'os_thread_id') osId = this.#id();
      else if (what === 'active') active = this.#flag();
      else if (what === 'owns_gil') gil = this.#flag();
      else if (what === 'frames') this.#frames(stack);
      else if (what === 'process_info') process = processesOf(json.value());
      else json.skip();
    }
    const state = active ? (gil ? 'active+gil' : 'active') : 'idle';
    this.#dump.add(stack.trimmed(), [
      ...(process ?? processLabels(pid, '')),
      ...threadLabels(name, osId || pythonId),
      { key: 'state', value: state },
    ]);
  }

  #frames(stack: Int32List): void {
    const json = this.#json;
    for (let more = json.enterArray(); more; more = json.nextItem()) stack.push(this.#frame());
  }

  #frame(): number {
    const json = this.#json;
    let name = '';
    let file = '';
    let library = '';
    let line = 0;
    for (let key = json.enterObject(this.#frameKeys); key !== END; key = json.nextKey(this.#frameKeys)) {
      const what = FRAME[key];
      if (what === 'name') name = this.#text();
      else if (what === 'filename') file = this.#text();
      else if (what === 'module') library = this.#text();
      else if (what === 'line') line = json.number();
      else if (what === 'locals' && !json.isNull()) {
        this.#source.warn('locals', 'values of variables are left out', json.place());
        json.skip();
      } else if (what !== 'locals') json.skip();
    }
    if (!(line > 0 && line < MAX_LINE)) line = 0;
    // Native code without a line has its library's path for its file's.
    if (file === library) file = '';
    return addFrame(this.#dump.builder, { name, file, line, library });
  }

  #text(): string {
    return this.#json.isNull() ? '' : this.#json.string();
  }

  /** A whole number of any size, as its digits; '' for null. */
  #id(): string {
    const json = this.#json;
    if (json.isNull()) return '';
    if (!json.isNumber()) json.number();
    json.raw();
    const text = json.text(json.start, json.end);
    if (!/^\d{1,20}$/.test(text))
      this.#source.fail('bad-id', `expected a whole number, found ${text}`, json.place());
    return text;
  }

  #flag(): boolean {
    const yes = this.#json.peek() === LOWER_T;
    this.#json.skip();
    return yes;
  }
}

interface ProcessInfo {
  pid?: unknown;
  command_line?: unknown;
  parent?: unknown;
}

/** Labels of a process and its parents. */
function processesOf(info: unknown): Label[] | undefined {
  if (!isObject(info)) return undefined;
  const labels = processLabels(`${info.pid}`, `${info.command_line}`);
  for (let at = info.parent; isObject(at); at = at.parent)
    labels.push({ key: 'parent', value: `${at.pid}: ${at.command_line}` });
  return labels;
}

function isObject(value: unknown): value is ProcessInfo {
  return typeof value === 'object' && value !== null;
}
