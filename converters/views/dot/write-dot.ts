/** Writes the call graph as DOT, attribute for attribute as gprof2dot does. */
import {
  arcsOut,
  defaultMetric,
  functionIds,
  type Profile,
  type Sink,
  shareOf,
  sumOfMetric,
} from '../../../src/plugin.ts';
import { editorUrl } from './editors.ts';
import { Labels } from './labels.ts';
import type { GraphOptions } from './options.ts';
import { fixed2 } from './python-format.ts';
import { graphvizId, quoted } from './quoting.ts';
import { Palette } from './themes.ts';

const FONT = 'Arial';

/** Attributes that a node with this label in this font size (points) needs besides: `, name="value"`. */
export type MoreAttributes = (label: string, fontSize: number) => string;

/** The graph of one metric of a profile with `callers: 'direct'`. */
export async function writeDot(
  profile: Profile,
  options: GraphOptions,
  sink: Pick<Sink, 'write' | 'lost'>,
  more: MoreAttributes = () => '',
): Promise<void> {
  const { nodes, frames, functions, arcs, metrics } = profile;
  if (!arcs) throw new TypeError('DOT needs the arcs of a call graph');
  const metric = defaultMetric(profile);
  const palette = new Palette(options.colormap, options.skew);
  const labels = new Labels(profile, metrics[metric]!, options);
  const sum = sumOfMetric(profile, metric);
  const self = nodes.self[metric]!;
  const total = nodes.total[metric]!;
  const arcTotal = arcs.total[metric]!;
  const greatestSelf = options.colorNodesBySelftime
    ? Number(profile.whole?.maxSelf[metric] ?? greatest(self))
    : 0;
  const funcOf = (node: number) => frames.func[nodes.frame[node]!]!;

  const ids = functionIds(profile);
  const order = sortedNodes(nodes.length, (node) => ids[funcOf(node)]!);
  const rank = new Int32Array(nodes.length);
  const words = new Array<string>(nodes.length);
  for (const [position, node] of order.entries()) {
    rank[node] = position;
    words[node] = quoted(await graphvizId(ids[funcOf(node)]!));
  }

  const { theme } = palette;
  sink.write(
    `digraph {\n\ttooltip=" "\n\tgraph [fontname=${FONT}, nodesep=0.125, ranksep=0.25];\n` +
      `\tnode [fontcolor=${theme.fontColor}, fontname=${FONT}, height=0, shape=box, style=${theme.nodeStyle}, width=0];\n` +
      `\tedge [fontname=${FONT}];\n`,
  );
  const out = arcsOut(arcs, nodes.length);
  for (const node of order) {
    const func = funcOf(node);
    const share = shareOf(self[node]!, sum);
    const figures = {
      selfShare: options.clamp ? Math.min(Math.max(share, 0), 1) : share,
      totalShare: shareOf(total[node]!, sum),
      self: self[node]!,
      total: total[node]!,
    };
    const weight = greatestSelf > 0 ? Number(figures.self) / greatestSelf : figures.totalShare;
    const file = functions.file[func]!;
    const label = labels.node(func, figures);
    const fontSize = palette.fontSize(weight);
    const tooltip = labels.tooltip(func);
    const url =
      options.url === undefined
        ? undefined
        : editorUrl(options.url, file, functions.line[func]!, functions.column[func]!);
    sink.write(
      `\t${words[node]} [${url === undefined ? '' : `URL=${quoted(url)}, `}color="${palette.color(weight)}", ` +
        `fontcolor="${palette.nodeFontColor(weight)}", fontsize="${fixed2(fontSize)}", ` +
        `label=${quoted(label)}${tooltip === '' ? '' : `, tooltip=${quoted(tooltip)}`}${more(label, fontSize)}];\n`,
    );
    const leaving = out.arc.subarray(out.start[node]!, out.start[node + 1]!);
    for (const arc of leaving.toSorted((a, b) => rank[arcs.callee[a]!]! - rank[arcs.callee[b]!]!)) {
      const callee = arcs.callee[arc]!;
      // An arc with no total of its own cannot weigh more than either of its ends.
      const arcShare = shareOf(arcTotal[arc]!, sum);
      const ends = Math.min(figures.totalShare, shareOf(total[callee]!, sum));
      const arcWeight = Number.isNaN(arcShare) ? ends : arcShare;
      const color = palette.color(arcWeight);
      const penWidth = palette.penWidth(arcWeight);
      sink.write(
        `\t${words[node]} -> ${words[callee]} [arrowsize="${fixed2(0.5 * Math.sqrt(penWidth))}", color="${color}", ` +
          `fontcolor="${color}", fontsize="${fixed2(palette.fontSize(arcWeight))}", ` +
          `label=${quoted(labels.edge(arcShare, arcs.calls[arc]!))}, ` +
          `labeldistance="${fixed2(penWidth)}", penwidth="${fixed2(penWidth)}"];\n`,
      );
    }
  }
  sink.write('}\n');
  if (metrics.length > 1) {
    const others = metrics.filter((_, m) => m !== metric).map((m) => m.name);
    sink.lost(
      'one-metric',
      `only ${metrics[metric]!.name} is drawn`,
      `--metric chooses another: ${others.join(', ')}`,
    );
  }
  if (labels.cut) sink.lost('long-name', 'names of more than 4095 characters are cut');
}

/** Nodes by id: numbers by value where all ids are numbers, else by code points. */
function sortedNodes(count: number, id: (node: number) => string): Int32Array {
  const ids = Array.from({ length: count }, (_, node) => id(node));
  const nodes = Int32Array.from(ids.keys());
  if (ids.every((text) => /^(0|[1-9]\d{0,14})$/.test(text)))
    return nodes.sort((a, b) => Number(ids[a]) - Number(ids[b]));
  return nodes.sort((a, b) => compareCodePoints(ids[a]!, ids[b]!));
}

/** JavaScript compares UTF-16 units, in which U+E000 … U+FFFF come behind all that is beyond U+FFFF. */
function compareCodePoints(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const x = a.charCodeAt(i);
    const y = b.charCodeAt(i);
    if (x !== y) return aboveAll(x) - aboveAll(y);
  }
  return a.length - b.length;
}

function aboveAll(unit: number): number {
  return unit >= 0xd800 && unit < 0xe000 ? unit + 0x10000 : unit;
}

function greatest(values: Float64Array | BigInt64Array): number {
  let max = 0;
  for (let i = 0; i < values.length; i++) max = Math.max(max, Number(values[i]));
  return max;
}
