/** How nodes and edges look beside the colours and sizes that follow from their weights. */
import type { GraphView } from './graph-view.ts';
import { type Labels, labelOf } from './labels.ts';

export interface Look {
  label: string;
  /** What the colour follows from. */
  weight: number;
  /** What sizes and widths follow from; absent = the weight. */
  size?: number;
}

export interface NodeLook extends Look {
  /** Attributes behind the label, each with a comma in front. */
  attributes: string;
  /** What the tooltip and the link follow from. */
  func: number;
  labels: Labels;
}

export interface ArcLook extends Look {
  callee: number;
  /** How the line is drawn; '' = as usual. */
  style: string;
}

/** A way to draw a graph. */
export interface Drawing {
  /** Attributes of all nodes, between `height` and `style`. */
  readonly nodeShape: string;
  /** Decimals of the font size of nodes. */
  readonly sizeDigits: number;
  /** By node. */
  readonly ids: string[];
  /** Nodes as they are to be written. */
  readonly order: Int32Array;
  node(node: number): NodeLook;
  /** The arcs that leave a node, as they are to be written. */
  leaving(node: number): ArrayLike<number>;
  arc(arc: number): ArcLook;
}

/** Drawings of the nodes and arcs of one graph. */
export abstract class GraphDrawing implements Drawing {
  abstract readonly nodeShape: string;
  abstract readonly sizeDigits: number;
  readonly ids: string[];
  readonly order: Int32Array;
  protected readonly graph: GraphView;
  protected readonly labels: Labels;

  constructor(graph: GraphView, labels: Labels) {
    this.graph = graph;
    this.labels = labels;
    this.ids = graph.ids;
    this.order = graph.order;
  }

  abstract node(node: number): NodeLook;

  leaving(node: number): ArrayLike<number> {
    return this.graph.leaving(node);
  }

  arc(arc: number): ArcLook {
    const { callee, residual } = this.graph.arcs;
    return { ...this.arcLook(arc), callee: callee[arc]!, style: residual?.[arc] === 1 ? 'dotted' : '' };
  }

  protected abstract arcLook(arc: number): Look;
}

/** One profile as it is. */
export class Plain extends GraphDrawing {
  readonly nodeShape = 'shape=box, ';
  readonly sizeDigits = 2;

  node(node: number): NodeLook {
    const { graph, labels } = this;
    const func = graph.func(node);
    const label = labels.node(func, graph.figures(node));
    return { label, weight: graph.nodeWeight(node), attributes: '', func, labels };
  }

  protected arcLook(arc: number): Look {
    const label = labelOf(this.labels.edge(this.graph.arcFigures(arc)));
    return { label, weight: this.graph.arcWeight(arc) };
  }
}
