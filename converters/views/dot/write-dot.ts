/** Writes the call graph as DOT, attribute for attribute as gprof2dot does. */
import { defaultMetric, fixed, fixed2, type Profile, type Sink } from '../../../src/plugin.ts';
import { type ArcLook, type Drawing, Plain } from './drawing.ts';
import { GraphView, samplesMetric } from './graph-view.ts';
import { Labels } from './labels.ts';
import type { Drawn } from './legend.ts';
import type { GraphOptions } from './options.ts';
import { graphvizId, quoted, quotedLines, quotedText } from './quoting.ts';
import { type Colors, Palette } from './themes.ts';

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
): Promise<Drawn> {
  const labels = [await Labels.of(profile, options)];
  const drawing = await drawingOf(profile, labels, options);
  const palette = await paletteOf(profile, options);
  const words = await dotIds(drawing);
  let edges = 0;
  for (const node of drawing.order) edges += drawing.leaving(node).length;
  const drawn = { nodes: drawing.order.length, edges };
  sink.write(header(palette, drawing.nodeShape, labels[0]!.title()));
  if (options.legend) {
    const { legend } = await import('./legend.ts');
    sink.write(legendBox(legend(profile, options, drawn), drawing.ids, palette, more));
  }
  for (const node of drawing.order) {
    const look = drawing.node(node);
    const { label, weight, size = weight, func } = look;
    const fontSize = palette.fontSize(size);
    const url = look.labels.url(func);
    const tooltip = look.labels.tooltip(func);
    const fill = palette.fill?.(weight);
    sink.write(
      `\t${words[node]} [${url === undefined ? '' : `URL=${quoted(url)}, `}color="${palette.color(weight)}", ` +
        `${fill === undefined ? '' : `fillcolor="${fill}", `}fontcolor="${palette.nodeFontColor(weight)}", fontsize="${fixed(fontSize, drawing.sizeDigits)}", ` +
        `label=${quotedText(label)}${look.attributes}${tooltip === undefined ? '' : `, tooltip=${quotedText(tooltip)}`}${more(label, fontSize)}];\n`,
    );
    for (const arc of Array.from(drawing.leaving(node), (each) => drawing.arc(each))) {
      sink.write(edge(words[node]!, words[arc.callee]!, arc, palette));
    }
  }
  sink.write('}\n');
  tellOfLosses(profile, labels, options, sink);
  return drawn;
}

/** `labels`: of the profile; those of another that it is compared with are added. */
async function drawingOf(profile: Profile, labels: Labels[], options: GraphOptions): Promise<Drawing> {
  const graph = new GraphView(profile, options.colorNodesBySelftime);
  const own = labels[0]!;
  if (!profile.compareWith) return new Plain(graph, own);
  const { profile: other, functions } = profile.compareWith;
  const second = await Labels.of(other, options);
  labels.push(second);
  const Way =
    functions === 'both'
      ? (await import('./changes-of-both.ts')).ChangesOfBoth
      : (await import('./changes-of-first.ts')).ChangesOfFirst;
  return new Way([graph, new GraphView(other, false)], [own, second], options);
}

async function paletteOf(profile: Profile, options: GraphOptions): Promise<Colors> {
  const { colormap, skew, differenceColors } = options;
  const showsChanges = profile.meta.isDifference || profile.compareWith?.functions === 'both';
  if (!showsChanges) return new Palette(colormap, skew);
  const { SignedPalette } = await import('./signed-palette.ts');
  return new SignedPalette(colormap, skew, differenceColors);
}

/** The first lines; `shape`: an attribute of all nodes. */
function header({ theme }: Colors, shape: string, title: string | undefined): string {
  return (
    `digraph {\n\ttooltip=" "\n\tgraph [fontname=${FONT}, nodesep=0.125, ranksep=0.25];\n` +
    `\tnode [fontcolor=${theme.fontColor}, fontname=${FONT}, height=0, ${shape}style=${theme.nodeStyle}, width=0];\n` +
    `\tedge [fontname=${FONT}];\n` +
    (title === undefined ? '' : `\tgraph [fontsize="16.00", label=${quotedText(title)}, labelloc=t];\n`)
  );
}

function legendBox(lines: string[], ids: string[], palette: Colors, more: MoreAttributes): string {
  let id = 'legend';
  while (ids.includes(id)) id += '_';
  const fontSize = palette.fontSize(0);
  return (
    `\t${id} [color="#000000", fillcolor="#f8f8f8", fontcolor="#000000", fontsize="${fixed2(fontSize)}", ` +
    `label=${quotedLines(lines)}, shape=note, style=filled, tooltip=" "${more(lines.join('\n'), fontSize)}];\n`
  );
}

/** By node: its id as DOT takes it. */
async function dotIds({ ids, order }: Drawing): Promise<string[]> {
  const words = new Array<string>(ids.length);
  for (const node of order) words[node] = quoted(await graphvizId(ids[node]!));
  return words;
}

function edge(
  from: string,
  to: string,
  { label, weight, size = weight, style }: ArcLook,
  palette: Colors,
): string {
  const color = palette.color(weight);
  const penWidth = palette.penWidth(size);
  const width = fixed2(penWidth);
  return (
    `\t${from} -> ${to} [arrowsize="${fixed2(0.5 * Math.sqrt(penWidth))}", color="${color}", fontcolor="${palette.edgeFontColor(weight)}", ` +
    `fontsize="${fixed2(palette.fontSize(size))}", label=${quotedText(label)}, ` +
    `labeldistance="${width}", penwidth="${width}"${style && `, style="${style}"`}];\n`
  );
}

function tellOfLosses(
  profile: Profile,
  labels: Labels[],
  { showSamples }: GraphOptions,
  sink: DotSink,
): void {
  const { metrics, compareWith } = profile;
  const metric = defaultMetric(profile);
  if (metrics.length > 1) {
    const others = metrics.filter((_, m) => m !== metric).map((m) => m.name);
    const hint = `--metric chooses another: ${others.join(', ')}`;
    sink.note('one-metric', `only ${metrics[metric]!.name} is drawn`, hint);
  }
  const uncounted = [profile, compareWith?.profile].some((each) => each && samplesMetric(each) < 0);
  if (showSamples && uncounted)
    sink.note('no-samples', 'samples are not shown: the profile does not count them');
  if (labels.some(({ cut }) => cut)) sink.lost('long-name', 'names of more than 4095 characters are cut');
}
