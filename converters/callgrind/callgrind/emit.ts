/**
 * Writes a call graph so that KCachegrind and callgrind_annotate show the figures of the profile.
 *
 * Both take what enters a function by arcs for its total. Where arcs were counted at outermost activations
 * (every profile of stacks), a function `(root)` calls whatever stacks begin with, so that this is exact.
 */
import type { Profile, Sink } from '../../../src/plugin.ts';
import { BodyWriter, ROOT } from './body-writer.ts';
import type { EmitOptions } from './emit-options.ts';
import { nodeNames } from './function-names.ts';
import { firstLines, selfLines } from './self-lines.ts';
import { type WholeCosts, wholeCosts } from './whole-costs.ts';
import { writeHeader } from './write-header.ts';

export function emit(profile: Profile, options: EmitOptions, sink: Sink): void {
  const firstLine = firstLines(profile);
  const self = selfLines(profile, firstLine);
  const costs = profile.metrics.map((_, m) => wholeCosts(profile, self, m, options.unit));
  const entered = options.root === 'never' ? [] : enteredFromRoot(profile, costs, options.root === 'always');
  const reserved = entered.length > 0 ? [ROOT] : [];
  const names = nodeNames(profile, { ...options, reserved });
  tellLosses(profile, costs, entered.length > 0, sink);
  writeHeader(profile, costs, sink);
  new BodyWriter(profile, { names, firstLine, self, costs }, sink).write(entered);
}

/** Nodes that `(root)` calls. None if one function alone does what it is for. */
function enteredFromRoot(profile: Profile, costs: WholeCosts[], always: boolean): number[] {
  const { arcs, nodes, frames, functions } = profile;
  if (!always && arcs!.counts !== 'outermost' && arcs!.counts !== 'once') return [];
  const entered: number[] = [];
  for (let n = 0; n < nodes.length; n++) if (costs.some(({ root }) => root[n]! > 0)) entered.push(n);
  const [only] = entered;
  const named = only !== undefined && functions.name[frames.func[nodes.frame[only]!]!] === ROOT;
  return entered.length === 1 && named && !always ? [] : entered;
}

function tellLosses(profile: Profile, costs: WholeCosts[], rooted: boolean, sink: Sink): void {
  const { metrics, nodes, arcs } = profile;
  const named = (loss: keyof WholeCosts['lost']) =>
    metrics.flatMap(({ name }, m) => (costs[m]!.lost[loss] ? [name] : [])).join(', ');
  const negative = named('negative');
  if (negative !== '') sink.lost('negative-costs', `costs below 0 are written as 0: ${negative}`);
  const large = named('large');
  if (large !== '') sink.lost('large-costs', `costs of 2^63 and more are cut to that: ${large}`);
  const fractions = named('fractions');
  if (fractions !== '') sink.lost('fractions', `costs are rounded to whole numbers: ${fractions}`);
  if (costs.some(({ estimated }) => estimated > 0)) {
    sink.note(
      'estimated-costs',
      'costs of calls within recursion, and those not known, are shared out by totals',
    );
  } else if (arcs!.total.some((total) => total.some(Number.isNaN))) {
    sink.lost('unknown-totals', 'calls whose total is not known are written with costs of 0');
  }
  const flat = arcs!.length === 0 && !rooted;
  if (flat && nodes.total.some((total, m) => total.some((v, n) => v !== nodes.self[m]![n]))) {
    const hint = '--callgrind.root always writes them as calls from a function (root)';
    sink.lost('totals', 'the totals of functions are not written: the format takes them from calls', hint);
  }
}
