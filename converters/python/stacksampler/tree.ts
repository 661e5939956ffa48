/**
 * What stackcollector serves as `/data`: `{"name": …, "value": …, "children": […]}`, where the value is a total.
 *
 * Keys come in any order, so a node is made before its name is known. The root is no function, but may have a
 * self of its own: what was below the threshold.
 */
import {
  END,
  Float64List,
  Int32List,
  Interner,
  JsonKeys,
  JsonReader,
  type Profile,
  ProfileBuilder,
  type Source,
} from '../../../src/plugin.ts';
import { SAMPLES } from '../stack-lines.ts';
import { frameReader } from './frames.ts';

const KEYS = ['children', 'name', 'value'] as const;

export function readTree(source: Source): Profile {
  return new TreeReader(source).read();
}

class TreeReader {
  readonly #source: Source;
  readonly #json: JsonReader;
  readonly #builder = new ProfileBuilder([SAMPLES]);
  readonly #frameOf = frameReader(this.#builder);
  readonly #names = new Interner();
  readonly #frames = new Int32List();
  /** By node; frame -1 and total NaN until they are read. */
  readonly #frame = new Int32List();
  readonly #parent = new Int32List();
  readonly #total = new Float64List();

  constructor(source: Source) {
    this.#source = source;
    this.#json = new JsonReader(source.utf8(), source);
  }

  read(): Profile {
    const json = this.#json;
    const keys = new JsonKeys(KEYS);
    let node = this.#add(-1);
    let key = json.enterObject(keys);
    for (;;) {
      if (key === END) {
        this.#check(node);
        node = this.#parent.array[node]!;
        if (node < 0) break;
        if (!json.nextItem()) {
          key = json.nextKey(keys);
          continue;
        }
      } else if (KEYS[key] !== 'children' || !json.enterArray()) {
        if (KEYS[key] === 'name') this.#frame.array[node] = this.#name();
        else if (KEYS[key] === 'value') this.#total.array[node] = json.number();
        else if (key < 0) json.skip();
        key = json.nextKey(keys);
        continue;
      }
      node = this.#add(node);
      key = json.enterObject(keys);
    }
    json.finish();
    const frame = this.#frame.trimmed();
    return this.#builder.tree({ frame, parent: this.#parent.trimmed(), self: [this.#selves()] });
  }

  #add(parent: number): number {
    this.#frame.push(-1);
    this.#parent.push(parent);
    this.#total.push(Number.NaN);
    return this.#frame.length - 1;
  }

  #name(): number {
    const json = this.#json;
    if (!json.isString()) json.string();
    json.raw();
    const name = this.#names.intern(json.bytes, json.view, json.start, json.end);
    if (name === this.#frames.length)
      this.#frames.push(this.#frameOf(JSON.parse(json.text(json.start, json.end)) as string));
    return this.#frames.array[name]!;
  }

  #check(node: number): void {
    if (this.#frame.array[node]! < 0 || !Number.isFinite(this.#total.array[node]))
      this.#source.fail('bad-node', 'a node without a name or a value', this.#json.place());
  }

  #selves(): Float64Array {
    const total = this.#total.trimmed();
    const parent = this.#parent.trimmed();
    const self = total.slice();
    for (let node = 1; node < self.length; node++) self[parent[node]!]! -= total[node]!;
    if (total.some((value) => Math.abs(value) > Number.MAX_SAFE_INTEGER))
      this.#source.warn('inexact-count', 'counts beyond 2^53 are rounded');
    if (self.some((value) => value < 0))
      this.#source.warn('negative-self', 'children have more than their parent: its self is negative');
    return self;
  }
}
