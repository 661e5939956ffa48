/** From objects and nodes to a tree of functions, or to pairs of them. */
import {
  type Place,
  type Profile,
  ProfileBuilder,
  readXml,
  type Source,
  type XmlElement,
  xmlAttribute,
  xmlChildren,
  xmlText,
} from '../../../src/plugin.ts';
import { Pairs } from '../pairs.ts';

interface SysprofObject {
  name: string;
  self: number;
  total: number;
}

interface SysprofNode {
  object: string;
  /** '0' = none. */
  parent: string;
  self: number;
}

const NO_NODE = '0';

export class Reader {
  readonly #source: Source;
  readonly #pairs: boolean;
  readonly #builder = new ProfileBuilder([{ name: 'samples', unit: 'samples' }]);
  readonly #objects = new Map<string, SysprofObject>();
  readonly #nodes = new Map<string, SysprofNode>();

  constructor(source: Source, pairs: boolean) {
    this.#source = source;
    this.#pairs = pairs;
  }

  async read(): Promise<Profile> {
    const [profile] = xmlChildren(await readXml(this.#source), 'profile');
    if (profile === undefined) this.#source.fail('no-profile', 'the root of the document is no <profile>');
    for (const list of xmlChildren(profile, 'objects'))
      for (const object of xmlChildren(list, 'object')) this.#addObject(object);
    for (const list of xmlChildren(profile, 'nodes'))
      for (const node of xmlChildren(list, 'node')) this.#addNode(node);
    if (this.#nodes.size === 0)
      this.#source.fail('no-nodes', 'the profile has no nodes: nothing was sampled');
    return this.#pairs ? this.#callGraph() : this.#tree();
  }

  #addObject(element: XmlElement): void {
    const id = xmlAttribute(element, 'id') ?? '';
    const place = { path: `object ${id}` };
    const [name] = xmlChildren(element, 'name');
    this.#objects.set(id, {
      name: unquoted(xmlText(name)),
      self: this.#number(element, 'self', place),
      total: this.#number(element, 'total', place),
    });
  }

  #addNode(element: XmlElement): void {
    const id = xmlAttribute(element, 'id') ?? '';
    const place = { path: `node ${id}` };
    const [object, parent] = ['object', 'parent'].map((tag) => xmlText(xmlChildren(element, tag)[0]));
    if (!this.#objects.has(object!))
      this.#source.fail('unknown-object', `there is no object ${object || 'named'} for the node`, place);
    this.#nodes.set(id, {
      object: object!,
      parent: parent || NO_NODE,
      self: this.#number(element, 'self', place),
    });
  }

  #number(element: XmlElement, tag: string, place: Place): number {
    const text = xmlText(xmlChildren(element, tag)[0]);
    if (text === '' || /^-?\d{1,15}$/.test(text)) return Number(text);
    return this.#source.fail('bad-number', `${tag} is no number of samples: ${text}`, place);
  }

  #parentOf({ parent }: SysprofNode, id: string): SysprofNode | undefined {
    const node = this.#nodes.get(parent);
    if (!node && parent !== NO_NODE)
      this.#source.fail('unknown-parent', `there is no node ${parent} for it to be called by`, {
        path: `node ${id}`,
      });
    return node;
  }

  #tree(): Profile {
    const ids = this.#parentsFirst();
    const rows = new Map(ids.map((id, row) => [id, row]));
    const frames = new Map<string, number>();
    for (const [id, { name }] of this.#objects)
      frames.set(id, this.#builder.addFrame(this.#builder.addFunction(name, { id })));
    const nodes = ids.map((id) => this.#nodes.get(id)!);
    const self = Float64Array.from(nodes, (node) => node.self);
    this.#compare(nodes);
    return this.#builder.tree({
      frame: Int32Array.from(nodes, ({ object }) => frames.get(object)!),
      parent: Int32Array.from(nodes, ({ parent }) => rows.get(parent) ?? -1),
      self: [self],
    });
  }

  /** Ids of the nodes, each behind that of its parent. */
  #parentsFirst(): string[] {
    const placed = new Set<string>();
    const path = new Set<string>();
    for (const [first, start] of this.#nodes) {
      let id = first;
      let node: SysprofNode | undefined = start;
      while (node && !placed.has(id)) {
        if (path.has(id))
          this.#source.fail('circle', 'the node is called by itself over others', { path: `node ${id}` });
        path.add(id);
        const parent = this.#parentOf(node, id);
        id = node.parent;
        node = parent;
      }
      for (const each of [...path].reverse()) placed.add(each);
      path.clear();
    }
    return [...placed];
  }

  /** Objects state once more what their nodes add up to. */
  #compare(nodes: SysprofNode[]): void {
    const sums = new Map<string, number>();
    for (const { object, self } of nodes) sums.set(object, (sums.get(object) ?? 0) + self);
    const odd = [...this.#objects].filter(([id, { self }]) => self !== (sums.get(id) ?? 0));
    if (odd.length === 0) return;
    const [[id, { name, self }]] = odd as [[string, SysprofObject]];
    this.#source.warn(
      'other-self',
      `${odd.length} objects state another self than their nodes, which count: ${name} ${self}, not ${sums.get(id) ?? 0}`,
    );
  }

  /** Functions are objects with a self; arcs come from the nearest of them above a node, with the self of the node. */
  #callGraph(): Profile {
    const pairs = new Pairs();
    const frames = new Map<string, number>();
    for (const [id, { name, self, total }] of this.#objects) {
      if (self === 0) continue;
      const frame = this.#builder.addFrame(this.#builder.addFunction(name, { id }));
      frames.set(id, frame);
      pairs.addFunction(frame, self, total);
    }
    /** By node: the function above it; undefined = there is none. */
    const callers = new Map<string, number | undefined>();
    for (const id of this.#parentsFirst()) {
      const node = this.#nodes.get(id)!;
      const parent = this.#parentOf(node, id);
      const caller = parent && (frames.get(parent.object) ?? callers.get(node.parent));
      callers.set(id, caller);
      const callee = frames.get(node.object);
      if (node.self !== 0 && caller !== undefined && callee !== undefined)
        pairs.addArc(caller, callee, node.self);
    }
    return pairs.profile(this.#builder);
  }
}

function unquoted(text: string): string {
  return text.length > 1 && text.startsWith('"') && text.endsWith('"') ? text.slice(1, -1) : text;
}
