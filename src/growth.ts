/** What costs more than it did: for checks that are to fail then. */
import { sumOf, type Value } from './columns.ts';
import { defaultMetric, sumOfMetric } from './graph.ts';
import { formatValue } from './metrics.ts';
import type { Profile } from './profile.ts';

interface Growth {
  name: string;
  value: Value;
  /** A part of the base's sum. */
  share: number;
}

/** Functions whose total grew by more than `limit`, a part of the base's sum; and all together. */
function growth(change: Profile, limit: number): Growth[] {
  const metric = defaultMetric(change);
  const base = sumOfMetric(change, metric);
  const grown = (name: string, value: Value): Growth => ({
    name,
    value,
    share: Number(value) / Number(base),
  });
  const { nodes, frames, functions } = change;
  const all = Array.from(nodes.frame, (frame, n) =>
    grown(functions.name[frames.func[frame]!]!, nodes.total[metric]![n]!),
  );
  const sum = grown('all together', sumOf(nodes.self[metric]!));
  const isTooMuch = ({ value, share }: Growth) => value > 0 && share > limit;
  return [sum, ...all.sort((a, b) => b.share - a.share)].filter(isTooMuch);
}

/** The same as lines of text; '' = nothing grew by so much. `change`: a call graph with percentages of the base. */
export function growthText(change: Profile, limit: number): string {
  const metric = change.metrics[defaultMetric(change)]!;
  return growth(change, limit)
    .map(({ name, value, share }) => {
      const part = Number.isFinite(share)
        ? `${(share * 100).toFixed(2)}% of the base`
        : 'and the base has none';
      return `grown: ${name}: +${formatValue(value, metric)}, ${part}\n`;
    })
    .join('');
}
