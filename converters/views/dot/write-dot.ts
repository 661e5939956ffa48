/** Writes the call graph as DOT, attribute for attribute as gprof2dot does. */
import { fixed, fixed2, functionIds, type Profile, type Sink } from '../../../src/plugin.ts';
import { Comparison } from './compare.ts';
import { type Look, Plain } from './drawing.ts';
import { editorUrl } from './editors.ts';
import { GraphView, samplesMetric } from './graph-view.ts';
import { Labels } from './labels.ts';
import type { GraphOptions } from './options.ts';
import { graphvizId, quoted, quotedText } from './quoting.ts';
import { type Colors, Palette, SignedPalette } from './themes.ts';

const FONT = 'Arial';

type DotSink = Pick<Sink, 'write' | 'lost' | 'note'>;

/** Attributes that a node with this label in this font size (points) needs besides: `, name="value"`. */
export type MoreAttributes = (label: string, fontSize: number) => string;

/** The graph of one metric of a profile with `callers: 'direct'`, compared with another if it has one. */
export async function writeDot(
  profile: Profile,
  options: GraphOptions,
  sink: DotSink,
  more: MoreAttributes = () => '',
): Promise<void> {
  const ids = functionIds(profile);
  const graph = new GraphView(profile, ids, options.colorNodesBySelftime);
  const palette: Colors = new (profile.meta.isDifference ? SignedPalette : Palette)(
    options.colormap,
    options.skew,
  );
  const labels = new Labels(profile, options);
  const words = await dotIds(graph, ids);
  const drawing = profile.compareWith
    ? new Comparison(graph, profile.compareWith, labels, options)
    : new Plain(graph, labels);
  sink.write(header(palette, drawing.nodeShape));
  for (const node of graph.order) {
    const func = graph.func(node);
    const { label, weight, shape } = drawing.node(node);
    const fontSize = palette.fontSize(weight);
    const url = link(profile, func, options.url);
    const tooltip = labels.tooltip(func);
    const fill = palette.fill?.(weight);
    sink.write(
      `\t${words[node]} [${url && `URL=${quoted(url)}, `}color="${palette.color(weight)}", ` +
        `${fill === undefined ? '' : `fillcolor="${fill}", `}fontcolor="${palette.nodeFontColor(weight)}", fontsize="${fixed(fontSize, drawing.sizeDigits)}", ` +
        `label=${quotedText(label)}${shape}${tooltip === undefined ? '' : `, tooltip=${quotedText(tooltip)}`}${more(label, fontSize)}];\n`,
    );
    for (const arc of graph.leaving(node)) {
      const callee = words[graph.arcs.callee[arc]!]!;
      const isResidual = graph.arcs.residual?.[arc] === 1;
      sink.write(edge(words[node]!, callee, drawing.arc(arc), palette, isResidual));
    }
  }
  sink.write('}\n');
  tellOfLosses(graph, labels, options, sink);
}

/** The first lines; `shape`: an attribute of all nodes. */
function header({ theme }: Colors, shape: string): string {
  return (
    `digraph {\n\ttooltip=" "\n\tgraph [fontname=${FONT}, nodesep=0.125, ranksep=0.25];\n` +
    `\tnode [fontcolor=${theme.fontColor}, fontname=${FONT}, height=0, ${shape}style=${theme.nodeStyle}, width=0];\n` +
    `\tedge [fontname=${FONT}];\n`
  );
}

/** By node: its id as DOT takes it. */
async function dotIds(graph: GraphView, ids: string[]): Promise<string[]> {
  const words = new Array<string>(graph.order.length);
  for (const node of graph.order) words[node] = quoted(await graphvizId(ids[graph.func(node)]!));
  return words;
}

function edge(
  from: string,
  to: string,
  { label, weight }: Look,
  palette: Colors,
  isResidual: boolean,
): string {
  const color = palette.color(weight);
  const penWidth = palette.penWidth(weight);
  return (
    `\t${from} -> ${to} [arrowsize="${fixed2(0.5 * Math.sqrt(penWidth))}", color="${color}", fontcolor="${color}", ` +
    `fontsize="${fixed2(palette.fontSize(weight))}", label=${quotedText(label)}, ` +
    `labeldistance="${fixed2(penWidth)}", penwidth="${fixed2(penWidth)}"${isResidual ? ', style="dotted"' : ''}];\n`
  );
}

function tellOfLosses(
  { profile, metric }: GraphView,
  labels: Labels,
  { showSamples }: GraphOptions,
  sink: DotSink,
): void {
  const { metrics } = profile;
  if (metrics.length > 1) {
    const others = metrics.filter((_, m) => m !== metric).map((m) => m.name);
    const hint = `--metric chooses another: ${others.join(', ')}`;
    sink.note('one-metric', `only ${metrics[metric]!.name} is drawn`, hint);
  }
  const uncounted = [profile, profile.compareWith].some((each) => each && samplesMetric(each) < 0);
  if (showSamples && uncounted)
    sink.note('no-samples', 'samples are not shown: the profile does not count them');
  if (labels.cut) sink.lost('long-name', 'names of more than 4095 characters are cut');
}

/** The link of a node; '' = none. */
function link({ functions }: Profile, func: number, template: string | undefined): string {
  if (template === undefined) return '';
  return editorUrl(template, functions.file[func]!, functions.line[func]!, functions.column[func]!) ?? '';
}
