/** Values in another unit: of every metric that measures the same as the unit does. */
import { bytesPerUnit, secondsPerUnit, unitName } from '../metrics.ts';
import type { Metric, Profile } from '../profile.ts';
import { scaleValues } from '../scale-values.ts';

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
  const metrics = profile.metrics.map((metric, m) =>
    factors[m] === undefined ? metric : { ...metric, unit: unitName(unit), fixed: true },
  );
  const rules = factors.map((factor = 1) => {
    if (factor === 1) return undefined;
    const divisor = Math.round(1 / factor);
    return factor < 1 ? (value: number) => value / divisor : (value: number) => value * factor;
  });
  return scaleValues(profile, metrics, rules);
}
