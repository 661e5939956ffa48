/** How nodes and edges look beside the colours and sizes that follow from their weights. */
import type { GraphView } from './graph-view.ts';
import { type Labels, labelOf } from './labels.ts';

export interface Look {
  label: string;
  weight: number;
}

/** A way to draw a graph. */
export interface Drawing {
  /** Attributes of all nodes, between `height` and `style`. */
  readonly nodeShape: string;
  /** Decimals of the font size of nodes. */
  readonly sizeDigits: number;
  /** `shape`: attributes behind the label. */
  node(node: number): Look & { shape: string };
  arc(arc: number): Look;
}

/** One profile as it is. */
export class Plain implements Drawing {
  readonly nodeShape = 'shape=box, ';
  readonly sizeDigits = 2;
  readonly #graph: GraphView;
  readonly #labels: Labels;

  constructor(graph: GraphView, labels: Labels) {
    this.#graph = graph;
    this.#labels = labels;
  }

  node(node: number): Look & { shape: string } {
    const label = this.#labels.node(this.#graph.func(node), this.#graph.figures(node));
    return { label, weight: this.#graph.nodeWeight(node), shape: '' };
  }

  arc(arc: number): Look {
    const { shares, arcs } = this.#graph;
    const label = labelOf(this.#labels.edge(shares.arcTotal[arc]!, arcs.calls[arc]!));
    return { label, weight: this.#graph.arcWeight(arc) };
  }
}
