/** The options of the way from a profile to its output. */
import * as z from 'zod/mini';
import { checked } from './check-options.ts';
import { option } from './format.ts';
import { GRANULARITIES } from './group-frames.ts';
import { reshapeOptions } from './reshape-options.ts';

const whole = z.refine(Number.isInteger, 'a whole number');
/** NaN keeps everything, as it does in gprof2dot. */
const percent = z.union([z.number(), z.nan()]);

/** In the order in which they act. */
export const transformOptions = z.object({
  metric: option(z.optional(z.string()), {
    help: "the metric to show, by name or number (from 0) [the format's own choice]",
    flag: 'metric',
    short: 'm',
    value: 'METRIC',
  }),
  ...reshapeOptions,
  unit: option(z.optional(z.string()), {
    help: 'give values in this unit: ns, us, ms, s, min, h, B, kB, MB, …',
    flag: 'unit',
    value: 'UNIT',
  }),
  mean: option(z._default(z.boolean(), false), {
    help: "values for each event: the metric's divided by those of the first metric (graphs)",
    flag: 'mean',
  }),
  granularity: option(z._default(z.enum(GRANULARITIES), 'function'), {
    help: 'what a node of a graph stands for; plurals as in pprof, whose functions are told apart by name',
    flag: 'granularity',
    value: 'WHAT',
  }),
  total: option(z._default(z.enum(['exact', 'callratios', 'callstacks']), 'exact'), {
    help: 'how totals are computed: exact (of gprof, callgrind, axe, …, which know no stacks: as they state it), or by the call ratios or call stacks of gprof2dot; see help totals',
    flag: 'total',
    value: 'METHOD',
  }),
  nodeThres: option(z.optional(percent), {
    help: 'leave out nodes whose total is below this percentage [graphs: 0.5]',
    flag: 'node-thres',
    short: 'n',
    value: 'PERCENT',
  }),
  edgeThres: option(z.optional(percent), {
    help: 'leave out edges below this percentage [graphs: 0.1]',
    flag: 'edge-thres',
    short: 'e',
    value: 'PERCENT',
  }),
  nodeCount: option(z.optional(z.number().check(z.minimum(1), whole)), {
    help: 'draw at most so many nodes, the most telling as pprof chooses them, and residual edges',
    flag: 'node-count',
    value: 'N',
  }),
  residualEdges: option(z._default(z.boolean(), false), {
    help: 'join what stays by dotted edges where calls lead over what is left out, as pprof does',
    flag: 'residual-edges',
  }),
  path: option(z._default(z.array(z.string()), []), {
    help: 'leave out functions whose file does not begin with this path, or whose module does not contain it (repeatable)',
    flag: 'path',
    short: 'p',
    value: 'PATH',
  }),
  root: option(z.optional(z.string()), {
    help: 'keep only what these functions call, directly or not',
    flag: 'root',
    short: 'z',
    value: 'GLOB',
  }),
  leaf: option(z.optional(z.string()), {
    help: 'keep only what calls these functions, directly or not',
    flag: 'leaf',
    short: 'l',
    value: 'GLOB',
  }),
  sameName: option(z._default(z.enum(['all', 'last']), 'all'), {
    help: 'whether --root and --leaf stand for all functions of a name, or for the last one only (as in gprof2dot)',
    flag: 'same-name',
    value: 'WHICH',
  }),
  compareFunctions: option(z._default(z.enum(['both', 'first']), 'both'), {
    help: '--compare: draw the functions of both inputs, or those of the first as gprof2dot does',
    flag: 'compare-functions',
    value: 'WHOSE',
  }),
  depth: option(z._default(z.number().check(z.minimum(-1), whole), -1), {
    help: 'how many calls to go from --root or --leaf; -1 = all the way',
    flag: 'depth',
    value: 'CALLS',
  }),
  regex: option(z._default(z.boolean(), false), {
    help: '--path, --root, --leaf and --list-functions take regular expressions, found anywhere in a name',
    flag: 'regex',
  }),
});

export type TransformOptions = z.output<typeof transformOptions>;

/** The options with defaults filled in. Throws `ProfileError`. */
export function checkTransforms(given: Partial<TransformOptions> = {}): TransformOptions {
  return checked(transformOptions, given);
}
