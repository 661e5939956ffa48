/** Values in another unit: of every metric that measures the same as the unit does. */
import { doubles } from '../columns.ts';
import { restOf } from '../fewer-rows.ts';
import { stackProfile } from '../fold-stacks.ts';
import { bytesPerUnit, secondsPerUnit, unitName } from '../metrics.ts';
import type { Column, Metric, Profile, Whole } from '../profile.ts';

/** How many of the unit one of the metric's is; undefined = it measures something else. */
export function unitFactor(metric: Metric, unit: string): number | undefined {
  const wanted = { name: '', unit };
  for (const size of [secondsPerUnit, bytesPerUnit]) {
    const [from, to] = [size(metric), size(wanted)];
    // Of two sizes below 1 the quotient the other way round is whole.
    if (from !== undefined && to !== undefined)
      return to > from ? 1 / Math.round(to / from) : Math.round(from / to);
  }
  return undefined;
}

/** The profile with values in the unit, shown in no other. */
export function scaleUnit(profile: Profile, unit: string): Profile {
  const factors = profile.metrics.map((metric) => unitFactor(metric, unit));
  const scaled = (columns: Column[]) =>
    columns.map((column, m) => {
      const factor = factors[m] ?? 1;
      if (factor === 1) return column;
      const divisor = Math.round(1 / factor);
      return doubles(column).map(factor < 1 ? (value) => value / divisor : (value) => value * factor);
    });
  const metrics = profile.metrics.map((metric, m) =>
    factors[m] === undefined ? metric : { ...metric, unit: unitName(unit), fixed: true },
  );
  const wholeOf = (whole: Whole): Whole => {
    const times = (values: Whole['sum']) =>
      values.map((value, m) => (factors[m] === undefined ? value : Number(value) * factors[m]));
    return {
      sum: times(whole.sum),
      get maxSelf() {
        return times(whole.maxSelf);
      },
    };
  };
  const { stacks, stackValues, stackDetails, whole } = profile;
  if (stacks && stackValues) {
    const rest = { ...restOf(profile), metrics };
    if (whole) rest.whole = wholeOf(whole);
    return stackProfile(rest, stacks, scaled(stackValues), stackDetails ?? {});
  }
  const { nodes, arcs, samples, lines } = profile;
  return {
    ...profile,
    metrics,
    nodes: { ...nodes, self: scaled(nodes.self), total: scaled(nodes.total) },
    ...(arcs && {
      arcs: { ...arcs, total: scaled(arcs.total), ...(arcs.self && { self: scaled(arcs.self) }) },
    }),
    ...(samples && { samples: { ...samples, values: scaled(samples.values) } }),
    ...(lines && { lines: { ...lines, values: scaled(lines.values) } }),
    ...(whole && { whole: wholeOf(whole) }),
  };
}
