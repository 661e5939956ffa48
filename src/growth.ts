/** What costs more than it did: for checks that are to fail then. */
import { sumOf, type Value } from './columns.ts';
import { defaultMetric, shareOf, sumOfMetric } from './graph.ts';
import { formatValue } from './metrics.ts';
import type { Profile } from './profile.ts';
import { coarsen } from './transforms/coarsen.ts';

interface Growth {
  name: string;
  value: Value;
  /** A part of the base's sum. */
  share: number;
}

/** Functions, told apart by name, whose total grew by more than `limit`, a part of the base's sum; and the sum itself. */
function growth(difference: Profile, limit: number): Growth[] {
  const metric = defaultMetric(difference);
  const base = sumOfMetric(difference, metric);
  const grown = (name: string, value: Value): Growth => ({ name, value, share: shareOf(value, base) });
  const { nodes, frames, functions } = coarsen(difference, { by: 'functions' });
  const all = Array.from(nodes.frame, (frame, n) =>
    grown(functions.name[frames.func[frame]!]!, nodes.total[metric]![n]!),
  );
  const sum = grown('all together', sumOf(difference.nodes.self[metric]!));
  const isTooMuch = ({ value, share }: Growth) => value > 0 && share > limit;
  return [sum, ...all.sort((a, b) => b.share - a.share)].filter(isTooMuch);
}

/** The same as lines of text; '' = nothing grew by so much. `difference`: with percentages of the base. */
export function growthText(difference: Profile, limit: number): string {
  const metric = difference.metrics[defaultMetric(difference)]!;
  return growth(difference, limit)
    .map(({ name, value, share }) => {
      const part = Number.isFinite(share)
        ? `${(share * 100).toFixed(2)}% of the base`
        : 'and the base has none';
      return `grown: ${name}: +${formatValue(value, metric)}, ${part}\n`;
    })
    .join('');
}
