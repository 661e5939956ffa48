/** Reads what `node --prof-process --preprocess` writes: addresses are looked up already. */
import {
  END,
  Float64List,
  Int32List,
  JsonKeys,
  JsonReader,
  type Profile,
  ProfileBuilder,
  type Source,
} from '../../../src/plugin.ts';
import type { V8LogOptions } from '../v8-log.ts';
import { Code, type CodeEntry } from './code.ts';
import { Ticks } from './ticks.ts';

const FILE = new JsonKeys(['code', 'functions', 'ticks']);
const CODE = 0;
const TICKS = 2;
const ENTRY = new JsonKeys(['name', 'type', 'kind']);
const TICK = new JsonKeys(['tm', 'vm', 's']);
const TIME = 0;
const STATE = 1;
const STACK = 2;
const TYPES: Record<string, CodeEntry['type']> = { JS: 'script', CODE: 'made', SHARED_LIB: 'library' };
/** Marks of tiers, by their names. */
const TIERS: Record<string, string> = {
  Builtin: '',
  Unopt: '~',
  Ignition: '~',
  Sparkplug: '^',
  Baseline: '^',
  Maglev: '+',
  Opt: '*',
  Turbofan: '*',
};

export class PreprocessedReader {
  readonly #source: Source;
  readonly #json: JsonReader;
  readonly #builder = new ProfileBuilder([]);
  readonly #code: Code;
  readonly #ticks: Ticks;
  /** Ticks: where their stacks end in `stacks`, which holds numbers of code, leaf first. */
  readonly #time = new Float64List();
  readonly #state = new Int32List();
  readonly #ends = new Float64List();
  readonly #stacks = new Float64List();

  constructor(source: Source, { tiers }: V8LogOptions) {
    this.#source = source;
    this.#json = new JsonReader(source.utf8(), source);
    this.#code = new Code(this.#builder, tiers);
    this.#ticks = new Ticks(this.#builder, this.#code);
  }

  read(): Profile {
    const json = this.#json;
    for (let key = json.enterObject(FILE); key !== END; key = json.nextKey(FILE)) {
      if (key === CODE) for (let more = json.enterArray(); more; more = json.nextItem()) this.#entry();
      else if (key === TICKS) for (let more = json.enterArray(); more; more = json.nextItem()) this.#tick();
      else json.skip();
    }
    json.finish();
    this.#add();
    return this.#ticks.profile(this.#source, Number.NaN);
  }

  #entry(): void {
    const json = this.#json;
    const entry = { name: '', type: '', kind: '' };
    for (let key = json.enterObject(ENTRY); key !== END; key = json.nextKey(ENTRY)) {
      if (key >= 0 && json.isString()) entry[ENTRY.names[key] as keyof typeof entry] = json.string();
      else json.skip();
    }
    const { name, type, kind } = entry;
    const tier = TIERS[kind] ?? '';
    this.#code.add({ type: TYPES[type] ?? 'native', name, kind: type === 'CODE' ? kind : '', tier });
  }

  #tick(): void {
    const json = this.#json;
    let time = Number.NaN;
    let state = 0;
    for (let key = json.enterObject(TICK); key !== END; key = json.nextKey(TICK)) {
      if (key === TIME && json.isNumber()) time = json.number();
      else if (key === STATE && json.isNumber()) state = json.number();
      else if (key === STACK && json.isArray()) this.#stack();
      else json.skip();
    }
    this.#time.push(time);
    this.#state.push(state);
    this.#ends.push(this.#stacks.length);
  }

  /** Numbers of code, each with an offset into it. */
  #stack(): void {
    const json = this.#json;
    let isOffset = false;
    for (let more = json.enterArray(); more; more = json.nextItem()) {
      const value = json.number();
      if (!isOffset) this.#stacks.push(value);
      isOffset = !isOffset;
    }
  }

  #add(): void {
    const { array } = this.#stacks;
    let at = 0;
    for (let t = 0; t < this.#ends.length; t++) {
      for (; at < this.#ends.array[t]!; at++) this.#ticks.push(array[at]!);
      this.#ticks.end(this.#state.array[t]!, this.#time.array[t]!);
    }
  }
}
