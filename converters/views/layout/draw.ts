/** Draws the call graph as SVG: DOT, layout, and what makes the picture look alike everywhere. */
import {
  defaultMetric,
  OutOfTime,
  type Profile,
  ProfileError,
  type Sink,
  shareOf,
  sumOfMetric,
} from '../../../src/plugin.ts';
import type { GraphOptions } from '../dot/options.ts';
import { writeDot } from '../dot/write-dot.ts';
import { builtinFont, type Font } from './font.ts';
import { layOut } from './graphviz.ts';
import type { LayoutOptions } from './options.ts';
import { standalone } from './standalone.ts';

/** As many nodes as a reader can take in. */
const READABLE = 300;
/** From this size on a layout takes seconds, or minutes: nobody should have to wonder. */
const SLOW = { nodes: 1000, edges: 2000 };
/** Graphviz' margins left and right of a label together, in points. */
const MARGINS = 16;
const POINTS_PER_INCH = 72;
/** What XML cannot hold: control characters, for which there are pictures, and what is no character at all. */
const CONTROL = /[\x01-\x08\x0b-\x1f]/g;
const PICTURES = 0x2400;
const NO_CHARACTER = /[\0\ufffe\uffff\p{Surrogate}]/gu;
/** DOT has no escape for a tab. */
const ESCAPE = /\\./g;

/** The picture of a profile with `callers: 'direct'`. Throws `ProfileError` when the graph is too large. */
export async function drawGraph(
  profile: Profile,
  options: GraphOptions & LayoutOptions,
  sink: Pick<Sink, 'lost' | 'note' | 'urgentNote'>,
): Promise<string> {
  const font = await builtinFont();
  let dot = '';
  const { nodes, edges } = await writeDot(
    profile,
    options,
    {
      write: (piece) => {
        dot += piece;
      },
      lost: (...what) => sink.lost(...what),
      note: (...what) => sink.note(...what),
    },
    (label, fontSize) => leastWidth(label, fontSize, font),
  );
  if (nodes > SLOW.nodes || edges > SLOW.edges) {
    const size = `${nodes} nodes and ${edges} edges`;
    sink.urgentNote('large-graph', `to lay out ${size} may take minutes`, fewerNodes(profile));
  }
  try {
    const { svg, straight } = await layOut({ dot: verbatim(dot), nodes, edges }, options);
    if (straight) {
      sink.lost('straight-edges', 'edges are straight: curves would take too long', fewerNodes(profile));
    }
    return standalone(svg, font);
  } catch (error) {
    if (!(error instanceof OutOfTime)) throw error;
    throw new ProfileError({
      code: 'layout/out-of-time',
      message: `${nodes} nodes and ${edges} edges could not be laid out in ${options.layoutLimit} s`,
      hint: `${fewerNodes(profile)}; --layout-limit SECONDS gives it more time`,
    });
  }
}

/** DOT that makes Graphviz show all names as they are, and XML that can hold them. */
function verbatim(dot: string): string {
  return dot
    .replace(CONTROL, (control) => String.fromCharCode(PICTURES + control.charCodeAt(0)))
    .replace(NO_CHARACTER, '\uFFFD')
    .replace(ESCAPE, (pair) => (pair === '\\t' ? '\t' : pair));
}

/** A width in which the label fits; Graphviz itself knows the widths of ASCII only. */
function leastWidth(label: string, fontSize: number, font: Font): string {
  if (!/[^\t\n -~]/.test(label)) return '';
  const em = label.split('\n').reduce((widest, line) => Math.max(widest, font.width(line)), 0);
  return `, width="${((em * fontSize + MARGINS) / POINTS_PER_INCH).toFixed(3)}"`;
}

/** Names a threshold that leaves a readable graph. */
function fewerNodes(profile: Profile): string {
  const metric = defaultMetric(profile);
  const sum = sumOfMetric(profile, metric);
  const total = profile.nodes.total[metric]!;
  const shares = Float64Array.from({ length: total.length }, (_, node) => shareOf(total[node]!, sum)).sort();
  let first = shares.length - Math.min(READABLE, Math.floor(shares.length / 2));
  // Of nodes that are alike, none stays without the others.
  while (first < shares.length && shares[first] === shares[first - 1]) first++;
  const least = 100 * (shares[first] ?? 0);
  const leftBy = (percent: number) => shares.filter((share) => share >= percent / 100).length;
  const rounded = [2, 3, 4].map((digits) => Number(least.toPrecision(digits)));
  const percent = rounded.find((one) => leftBy(one) <= READABLE) ?? rounded[0]!;
  const left = leftBy(percent);
  if (!(percent > 0) || left === 0 || left === shares.length) return '-n PERCENT leaves out small nodes';
  return `-n ${percent} leaves ${left} of the ${shares.length} nodes`;
}
