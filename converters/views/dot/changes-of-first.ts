/**
 * Two profiles of one program in one graph, as gprof2dot's --compare draws them: the functions and arcs of the
 * first, with what has become of them in the second. Functions are the same if their names are.
 */
import { fixed, repr } from '../../../src/plugin.ts';
import { GraphDrawing, type Look, type NodeLook } from './drawing.ts';
import type { GraphView } from './graph-view.ts';
import { type Labels, labelOf, type Measure, times } from './labels.ts';
import type { GraphOptions } from './options.ts';

const BOX = ', orientation=0, shape=box';
/** Graphviz' arrow; turned for what has shrunk. */
const GROWN = ', orientation=0, shape=cds';
const SHRUNK = ', orientation=90, shape=cds';

interface Change {
  /** What stands behind the figure. */
  text: string;
  grown: boolean;
  /** How great it is, in percent. */
  size: number;
}

export class ChangesOfFirst extends GraphDrawing {
  readonly nodeShape = '';
  readonly sizeDigits = 6;
  readonly #second: GraphView;
  readonly #otherLabels: Labels;
  readonly #options: GraphOptions;
  /** Node of the second profile by name. */
  readonly #byName = new Map<string, number>();
  /** Arc of the second profile by caller and callee. */
  readonly #byEnds = new Map<string, number>();
  readonly #least: number;
  readonly #greatest: number;

  constructor(graphs: [GraphView, GraphView], labels: [Labels, Labels], options: GraphOptions) {
    super(graphs[0], labels[0]);
    this.#second = graphs[1];
    this.#otherLabels = labels[1];
    this.#options = options;
    for (const node of this.#second.order) this.#byName.set(this.#second.name(node), node);
    const { arcs } = this.#second;
    for (let a = 0; a < arcs.length; a++) this.#byEnds.set(`${arcs.caller[a]} ${arcs.callee[a]}`, a);
    [this.#least, this.#greatest] = this.#range();
  }

  /** The least and the greatest difference of totals in percent, of functions that have the same position. */
  #range(): [number, number] {
    const [a, b] = [this.graph, this.#second].map((graph) =>
      Array.from(graph.order, (n) => graph.shares.total[n]!),
    );
    let least = Number.POSITIVE_INFINITY;
    let greatest = 0;
    for (let i = 0; i < Math.min(a!.length, b!.length); i++) {
      const difference = Math.abs(a![i]! - b![i]!) * 100;
      least = Math.min(least, difference);
      greatest = Math.max(greatest, difference);
    }
    return [least, greatest];
  }

  node(node: number): NodeLook {
    const { graph: first, labels } = this;
    const func = first.func(node);
    const figures = first.figures(node);
    const other = this.#byName.get(first.name(node));
    const byDifference = this.#options.compareColorByDifference;
    let weight = byDifference ? 0 : first.nodeWeight(node);
    if (other === undefined)
      return { label: labels.node(func, figures), weight, attributes: BOX, func, labels };

    let attributes = BOX;
    const lines = [labels.wrapped(first.name(node))];
    const calls = this.#calls(func, this.#second.func(other));
    const others = new Map(this.#otherLabels.measures(this.#second.figures(other)).map((m) => [m.name, m]));
    for (const measure of labels.measures(figures)) {
      const change = this.#change(measure, others.get(measure.name));
      lines.push(measure.text + (change?.text ?? ''));
      if (calls !== undefined) lines.push(calls);
      if (measure.name !== 'total-time-percentage' || change === undefined) continue;
      attributes = change.grown ? GROWN : SHRUNK;
      const span = this.#greatest - this.#least;
      if (byDifference && span > 0) weight = (change.size - this.#least) / span;
    }
    return { label: lines.join('\n'), weight, attributes, func, labels };
  }

  /** The difference, if there is one that is great enough to be shown. */
  #change(a: Measure, b: Measure | undefined): Change | undefined {
    if (b === undefined || a.value === b.value) return undefined;
    const { compareTolerance, compareOnlyFaster, compareOnlySlower } = this.#options;
    const grown = b.value > a.value;
    const size = Math.abs(a.value - b.value) * 100;
    const unwanted = grown ? compareOnlyFaster : compareOnlySlower;
    if (size < compareTolerance || (unwanted && a.name === 'total-time-percentage')) return undefined;
    const shown = rounded(size, -Math.floor(Math.log10(compareTolerance)));
    const text = a.name === 'samples' && Number.isInteger(shown) ? String(shown) : repr(shown);
    return { text: ` ${grown ? '+' : '-'} ${text}%`, grown, size };
  }

  #calls(func: number, otherFunc: number): string | undefined {
    const mine = this.graph.profile.functions.calls?.[func] ?? Number.NaN;
    const theirs = this.#second.profile.functions.calls?.[otherFunc] ?? Number.NaN;
    if (Number.isNaN(mine)) return undefined;
    const text = (calls: number) => times(calls).replace('×', ' ×');
    return Number.isNaN(theirs) ? text(mine) : `${text(mine)}/ ${text(theirs)}`;
  }

  protected arcLook(arc: number): Look {
    const first = this.graph;
    const { caller, callee } = first.arcs;
    const from = this.#byName.get(first.name(caller[arc]!));
    const to = this.#byName.get(first.name(callee[arc]!));
    const other = this.#byEnds.get(`${from} ${to}`);
    const others = other === undefined ? [] : this.#otherLabels.edge(this.#second.arcFigures(other));
    const texts = this.labels.edge(first.arcFigures(arc));
    const weight = this.#options.compareColorByDifference ? 0 : first.arcWeight(arc);
    return { label: labelOf(texts.map((text, i) => pair(text, others[i] ?? ''))), weight };
  }
}

function pair(mine: string, theirs: string): string {
  return mine === '' || theirs === '' ? mine : `${mine} / ${theirs}`;
}

/** Rounded to so many decimals, ties of the exact value to even; less than 0 decimals: to tens, hundreds, … */
function rounded(value: number, decimals: number): number {
  if (decimals >= 0) return Number(fixed(value, decimals));
  const step = 10 ** -decimals;
  return Number(fixed(value / step, 0)) * step;
}
