/** Named bundles of ordinary options for `--compat`. No code asks which preset is on. */
import { ProfileError } from './diagnostics.ts';
import type { FormatOptions } from './pipeline.ts';
import type { TransformOptions } from './transform-options.ts';

export interface Preset {
  /** What it makes the output equal to. */
  help: string;
  /** The long flags that the tool itself has: what is short for one of them there, is so here. */
  flags: readonly string[];
  transforms: Partial<TransformOptions>;
  formats: FormatOptions;
}

/** Bare labels: no place, modules as the input has them. */
const bare = { showLocation: 'never', module: 'path' };
/** … and file names as tooltips. */
const graph = { ...bare, tooltip: 'file' };

/** Many know these by heart: they may be shortened as there, if nothing else has the shorter name. */
export const GPROF2DOT_FLAGS: readonly string[] = [
  'help',
  'output',
  'node-thres',
  'edge-thres',
  'format',
  'total',
  'colormap',
  'strip',
  'color-nodes-by-selftime',
  'wrap',
  'show-samples',
  'time-format',
  'node-label',
  'list-functions',
  'root',
  'leaf',
  'depth',
  'skew',
  'path',
  'compare',
  'compare-tolerance',
  'compare-only-slower',
  'compare-only-faster',
  'compare-color-by-difference',
];

export const presets: Record<string, Preset> = {
  gprof2dot: {
    help: 'the graph that gprof2dot draws, to the last digit',
    flags: GPROF2DOT_FLAGS,
    transforms: { total: 'callratios', sameName: 'last', compareFunctions: 'first' },
    formats: {
      axe: { totals: 'percent' },
      callgrind: { identity: 'name', files: 'first' },
      json: { events: 'pairs' },
      folded: { parens: 'module', bom: 'keep' },
      dtrace: { module: 'name' },
      perf: { weight: 'samples', events: 'together', unknown: 'address', parens: 'last', empty: 'drop' },
      hprof: { traces: 'pairs', times: 'counts' },
      sleepy: { traces: 'pairs' },
      sysprof: { traces: 'pairs' },
      xperf: { traces: 'pairs' },
      aqtime: { graph: 'bare' },
      dmd: { unit: 'seconds' },
      oprofile: { module: 'name', same: 'last' },
      pstats: { names: 'location' },
      gprof: { totals: 'none', unlisted: 'drop', unit: 'seconds' },
      dot: graph,
      svg: graph,
      png: bare,
    },
  },
};

/** The preset of this name. Throws `ProfileError` if there is none. */
export function presetNamed(name: string): Preset {
  if (Object.hasOwn(presets, name)) return presets[name]!;
  throw new ProfileError({
    code: 'usage/unknown-preset',
    message: `--compat: nothing is known of ${name}`,
    hint: `it may be ${Object.keys(presets).join(', ')}`,
  });
}
