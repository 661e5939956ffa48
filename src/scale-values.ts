/** Values of some metrics by a rule that is linear, wherever a profile holds them. */
import { doubles } from './columns.ts';
import { restOf } from './fewer-rows.ts';
import { stackProfile } from './fold-stacks.ts';
import type { Column, Metric, Profile, Whole } from './profile.ts';

/** The profile with these metrics, whose values are what the rules make of them; undefined = as they were. */
export function scaleValues(
  profile: Profile,
  metrics: Metric[],
  rules: (((value: number) => number) | undefined)[],
): Profile {
  const scaled = (columns: Column[]) =>
    columns.map((column, m) => {
      const rule = rules[m];
      return rule ? doubles(column).map(rule) : column;
    });
  const wholeOf = (whole: Whole): Whole => {
    const all = (values: Whole['sum']) => values.map((value, m) => rules[m]?.(Number(value)) ?? value);
    return {
      sum: all(whole.sum),
      get maxSelf() {
        return all(whole.maxSelf);
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
