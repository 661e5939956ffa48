/** Writes the call graph as DOT, attribute for attribute as gprof2dot does. */
import { functionIds, type Profile, type Sink } from '../../../src/plugin.ts';
import { editorUrl } from './editors.ts';
import { GraphView } from './graph-view.ts';
import { Labels } from './labels.ts';
import type { GraphOptions } from './options.ts';
import { fixed2 } from './python-format.ts';
import { graphvizId, quoted } from './quoting.ts';
import { Palette } from './themes.ts';

const FONT = 'Arial';

export type DotSink = Pick<Sink, 'write' | 'lost'>;

/** Attributes that a node with this label in this font size (points) needs besides: `, name="value"`. */
export type MoreAttributes = (label: string, fontSize: number) => string;

/** The graph of one metric of a profile with `callers: 'direct'`. */
export async function writeDot(
  profile: Profile,
  options: GraphOptions,
  sink: DotSink,
  more: MoreAttributes = () => '',
): Promise<void> {
  const ids = functionIds(profile);
  const graph = new GraphView(profile, ids, options.colorNodesBySelftime);
  const { arcs, shares } = graph;
  const palette = new Palette(options.colormap, options.skew);
  const labels = new Labels(profile, options);
  const words = await dotIds(graph, ids);
  sink.write(header(palette, 'shape=box, '));
  for (const node of graph.order) {
    const func = graph.func(node);
    const weight = graph.nodeWeight(node);
    const fontSize = palette.fontSize(weight);
    const label = labels.node(func, graph.figures(node));
    const url = link(profile, func, options.url);
    const tooltip = labels.tooltip(func);
    sink.write(
      `\t${words[node]} [${url && `URL=${quoted(url)}, `}color="${palette.color(weight)}", ` +
        `fontcolor="${palette.nodeFontColor(weight)}", fontsize="${fixed2(fontSize)}", ` +
        `label=${quoted(label)}${tooltip && `, tooltip=${quoted(tooltip)}`}${more(label, fontSize)}];\n`,
    );
    for (const arc of graph.leaving(node)) {
      const edgeLabel = labels.edge(shares.arcTotal[arc]!, arcs.calls[arc]!);
      sink.write(edge(words[node]!, words[arcs.callee[arc]!]!, edgeLabel, graph.arcWeight(arc), palette));
    }
  }
  sink.write('}\n');
  tellOfLosses(graph, labels, sink);
}

/** The first lines; `more`: attributes of all nodes between `height` and `style`. */
export function header({ theme }: Palette, more: string): string {
  return (
    `digraph {\n\ttooltip=" "\n\tgraph [fontname=${FONT}, nodesep=0.125, ranksep=0.25];\n` +
    `\tnode [fontcolor=${theme.fontColor}, fontname=${FONT}, height=0, ${more}style=${theme.nodeStyle}, width=0];\n` +
    `\tedge [fontname=${FONT}];\n`
  );
}

/** By node: its id as DOT takes it. */
export async function dotIds(graph: GraphView, ids: string[]): Promise<string[]> {
  const words = new Array<string>(graph.order.length);
  for (const node of graph.order) words[node] = quoted(await graphvizId(ids[graph.func(node)]!));
  return words;
}

export function edge(from: string, to: string, label: string, weight: number, palette: Palette): string {
  const color = palette.color(weight);
  const penWidth = palette.penWidth(weight);
  return (
    `\t${from} -> ${to} [arrowsize="${fixed2(0.5 * Math.sqrt(penWidth))}", color="${color}", fontcolor="${color}", ` +
    `fontsize="${fixed2(palette.fontSize(weight))}", label=${quoted(label)}, ` +
    `labeldistance="${fixed2(penWidth)}", penwidth="${fixed2(penWidth)}"];\n`
  );
}

export function tellOfLosses({ profile, metric }: GraphView, labels: Labels, sink: DotSink): void {
  const { metrics } = profile;
  if (metrics.length > 1) {
    const others = metrics.filter((_, m) => m !== metric).map((m) => m.name);
    const hint = `--metric chooses another: ${others.join(', ')}`;
    sink.lost('one-metric', `only ${metrics[metric]!.name} is drawn`, hint);
  }
  if (labels.cut) sink.lost('long-name', 'names of more than 4095 characters are cut');
}

/** The link of a node; '' = none. */
function link({ functions }: Profile, func: number, template: string | undefined): string {
  if (template === undefined) return '';
  return editorUrl(template, functions.file[func]!, functions.line[func]!, functions.column[func]!) ?? '';
}
