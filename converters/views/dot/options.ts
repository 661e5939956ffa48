/** The options of every view that draws the call graph: dot, and those that lay it out. */
import * as z from 'zod/mini';
import { isNumberFormat, type OptionsOf, option } from '../../../src/plugin.ts';
import { title } from '../report/options.ts';
import { isUrlTemplate } from './editors.ts';
import { themes } from './themes.ts';

const EDGE_MEASURES = [
  'total-time-percentage',
  'caller-percentage',
  'callee-percentage',
  'total-time',
  'calls',
] as const;
const MEASURES = ['self-time', 'self-time-percentage', 'total-time', 'total-time-percentage'] as const;

const DIFFERENCE_COLORS = ['red-green', 'blue-orange'] as const;

export const graphOptions = () =>
  z.object({
    colormap: option(z._default(z.enum(Object.keys(themes) as (keyof typeof themes)[]), 'color'), {
      help: 'colours',
      flag: 'colormap',
      short: 'c',
      value: 'NAME',
    }),
    skew: option(z._default(z.number().check(z.minimum(0)), 1), {
      help: 'spread of the colours: below 1 shows more of them for small values, above 1 for great ones',
      flag: 'skew',
      value: 'FACTOR',
    }),
    colorNodesBySelftime: option(z._default(z.boolean(), false), {
      help: 'colour nodes by self instead of total',
      flag: 'color-nodes-by-selftime',
      aliases: ['colour-nodes-by-selftime'],
    }),
    strip: option(z._default(z.boolean(), false), {
      help: 'leave out arguments, const and template arguments of C++ names',
      flag: 'strip',
      short: 's',
    }),
    wrap: option(z._default(z.boolean(), false), {
      help: 'break long names into lines',
      flag: 'wrap',
      short: 'w',
    }),
    nodeLabel: option(
      z._default(z.array(z.enum(MEASURES)), ['total-time-percentage', 'self-time-percentage']),
      {
        help: 'figures on a node, in this order; times only where time was measured',
        flag: 'node-label',
        value: 'MEASURE',
      },
    ),
    edgeLabel: option(z._default(z.array(z.enum(EDGE_MEASURES)), ['total-time-percentage', 'calls']), {
      help: 'figures on an edge, in this order: of the whole, of the total of the caller or of the callee, …',
      flag: 'edge-label',
      value: 'MEASURE',
    }),
    showSamples: option(z._default(z.boolean(), false), {
      help: 'show the samples of each node; where no time or memory is shown, its self as a whole number',
      flag: 'show-samples',
    }),
    timeFormat: option(
      z._default(z.string().check(z.refine(isNumberFormat, 'a format of one number, as in %.7g')), '%.7g'),
      { help: 'how seconds are written, as in printf', flag: 'time-format', value: 'FORMAT' },
    ),
    showLocation: option(z._default(z.enum(['auto', 'always', 'never']), 'auto'), {
      help: 'a line with file and line on nodes; auto: on those without a name of their own',
      value: 'WHEN',
    }),
    module: option(z._default(z.enum(['name', 'path', 'none']), 'name'), {
      help: 'how the module is shown on a node',
      value: 'HOW',
    }),
    tooltip: option(z._default(z.enum(['location', 'file', 'none']), 'location'), {
      help: 'what a node tells when it is pointed at: file and line, or the file alone',
      value: 'WHAT',
    }),
    url: option(
      z.optional(
        z
          .string()
          .check(z.refine(isUrlTemplate, 'a URL with {file} in it, or vscode, cursor, idea, sublime')),
      ),
      {
        help: 'link nodes to an editor: vscode, cursor, idea, sublime or a URL with {file}, {line}, {column}',
        value: 'URL',
      },
    ),
    differenceColors: option(z._default(z.enum(DIFFERENCE_COLORS), 'red-green'), {
      help: '--compare, --base: colours of what has grown and shrunk; blue and orange are for all eyes',
      value: 'COLORS',
    }),
    title: title(),
    legend: option(z._default(z.boolean(), false), {
      help: 'a box that tells what is shown, what was left out, and what figures and colours mean',
      flag: 'legend',
    }),
    compareTolerance: option(z._default(z.number().check(z.positive()), 0.001), {
      help: '--compare: the least difference to tell of, in percent',
      flag: 'compare-tolerance',
      value: 'PERCENT',
    }),
    compareOnlySlower: option(z._default(z.boolean(), false), {
      help: '--compare: mark only functions whose total has grown',
      flag: 'compare-only-slower',
    }),
    compareOnlyFaster: option(z._default(z.boolean(), false), {
      help: '--compare: mark only functions whose total has shrunk',
      flag: 'compare-only-faster',
    }),
    compareColorByDifference: option(z._default(z.boolean(), false), {
      help: '--compare-functions first: colour nodes by the difference of totals',
      flag: 'compare-color-by-difference',
      aliases: ['compare-colour-by-difference'],
    }),
  });

export type GraphOptions = OptionsOf<typeof graphOptions>;
