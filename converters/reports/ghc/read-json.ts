/** Reads what `-pj` writes: cost centres by number, and the tree of their stacks, without recursion. */
import {
  END,
  Float64List,
  Int32List,
  JsonKeys,
  JsonReader,
  type Meta,
  type Profile,
  type Source,
} from '../../../src/plugin.ts';
import { Stacks, type Totals } from './stacks.ts';

const FILE = new JsonKeys([
  'program',
  'arguments',
  'total_ticks',
  'tick_interval',
  'total_alloc',
  'cost_centres',
  'profile',
]);
const CENTRE = new JsonKeys(['id', 'label', 'module', 'src_loc']);
const NODE = new JsonKeys(['id', 'entries', 'alloc', 'ticks', 'children']);
const CHILDREN = NODE.names.indexOf('children');

export class JsonReport {
  readonly #source: Source;
  readonly #json: JsonReader;
  readonly #stacks = new Stacks();
  readonly #meta: Meta = {};
  readonly #totals: Totals = { ticks: Number.NaN, interval: Number.NaN, alloc: Number.NaN };
  /** Frames of cost centres. */
  readonly #frames = new Map<number, number>();
  /** By node of the file, in its order: what it says of itself, by key; and the node that entered it. */
  readonly #values = NODE.names.slice(0, CHILDREN).map(() => new Float64List());
  readonly #parent = new Int32List();
  #program = '';
  #words: string[] = [];

  constructor(source: Source) {
    this.#source = source;
    this.#json = new JsonReader(source.utf8(), source);
  }

  /** Throws `ProfileError`. */
  read(): Profile {
    const json = this.#json;
    const totals = this.#totals;
    for (let key = json.enterObject(FILE); key !== END; key = json.nextKey(FILE)) {
      const name = FILE.names[key];
      if (name === 'program' && json.isString()) this.#program = json.string();
      else if (name === 'arguments' && json.isArray()) this.#words = this.#strings();
      else if (name === 'total_ticks' && json.isNumber()) totals.ticks = this.#number();
      else if (name === 'tick_interval' && json.isNumber()) totals.interval = this.#number();
      else if (name === 'total_alloc' && json.isNumber()) totals.alloc = this.#number();
      else if (name === 'cost_centres')
        for (let more = json.enterArray(); more; more = json.nextItem()) this.#centre();
      else if (name === 'profile') this.#tree();
      else json.skip();
    }
    json.finish();
    this.#add();
    const command = this.#words.length > 0 ? this.#words.join(' ') : this.#program;
    if (command !== '') this.#meta.command = command;
    return this.#stacks.profile(this.#source, totals, true, this.#meta);
  }

  #strings(): string[] {
    const json = this.#json;
    const strings: string[] = [];
    for (let more = json.enterArray(); more; more = json.nextItem()) strings.push(json.string());
    return strings;
  }

  #centre(): void {
    const json = this.#json;
    const texts = { label: '', module: '', src_loc: '' };
    let id = Number.NaN;
    for (let key = json.enterObject(CENTRE); key !== END; key = json.nextKey(CENTRE)) {
      const name = CENTRE.names[key];
      if (name === 'id') id = json.number();
      else if (name !== undefined && json.isString()) texts[name as keyof typeof texts] = json.string();
      else json.skip();
    }
    this.#frames.set(
      id,
      this.#stacks.frame({ label: texts.label, module: texts.module, place: texts.src_loc }),
    );
  }

  #tree(): void {
    const json = this.#json;
    let node = this.#node(-1);
    let key = json.enterObject(NODE);
    for (;;) {
      if (key === END) {
        node = this.#parent.array[node]!;
        if (node < 0) return;
        if (!json.nextItem()) {
          key = json.nextKey(NODE);
          continue;
        }
      } else if (key !== CHILDREN || json.isNull() || !json.enterArray()) {
        if (key >= 0 && key < CHILDREN) this.#values[key]!.array[node] = this.#number();
        else if (key < 0) json.skip();
        key = json.nextKey(NODE);
        continue;
      }
      node = this.#node(node);
      key = json.enterObject(NODE);
    }
  }

  /** A node of which nothing is known yet but the one that entered it. */
  #node(parent: number): number {
    for (const list of this.#values) list.push(Number.NaN);
    this.#parent.push(parent);
    return this.#parent.length - 1;
  }

  #number(): number {
    const number = this.#json.number();
    if (number >= 0 && number <= Number.MAX_SAFE_INTEGER) return number;
    return this.#source.fail('bad-value', `expected a number up to 2^53, got ${number}`, this.#json.place());
  }

  /** Adds the nodes once all cost centres are known. */
  #add(): void {
    const [ids, entries, alloc, ticks] = this.#values.map((list) => list.trimmed());
    const nodes = new Int32Array(this.#parent.length);
    for (let i = 0; i < nodes.length; i++) {
      const frame = this.#frames.get(ids![i]!);
      if (frame === undefined)
        this.#source.fail('no-cost-centre', `there is no cost centre ${ids![i]}`, { path: 'profile' });
      const parent = this.#parent.array[i]!;
      nodes[i] = this.#stacks.node(parent < 0 ? -1 : nodes[parent]!, frame);
      this.#stacks.add(nodes[i]!, entries![i]! || 0, ticks![i]! || 0, alloc![i]! || 0);
    }
  }
}
