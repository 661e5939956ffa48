/** What is known of several recordings as one. */
import type { CommonMetric } from './common-metrics.ts';
import type { Meta, Profile } from './profile.ts';

/** What holds of all; times span them, durations add up. */
export function mergedMeta(profiles: readonly Profile[], metrics: CommonMetric[]): Meta {
  const metas = profiles.map(({ meta }) => meta);
  const meta: Meta = {};
  for (const key of ['producer', 'command', 'title'] as const) {
    const [text] = new Set(metas.map((each) => each[key]));
    if (text !== undefined && metas.every((each) => each[key] === text)) meta[key] = text;
  }
  const starts = metas.flatMap(({ startTime }) => (startTime === undefined ? [] : [startTime]));
  if (starts.length === metas.length) meta.startTime = starts.sort((a, b) => Number(a - b))[0]!;
  if (metas.every(({ duration }) => duration !== undefined))
    meta.duration = metas.reduce((sum, { duration }) => sum + duration!, 0);
  const { period } = metas[0]!;
  if (period && metas.every((each) => isSamePeriod(each.period, period))) meta.period = period;
  const comments = new Set(metas.flatMap((each) => each.comments ?? []));
  if (comments.size > 0) meta.comments = [...comments];
  const shown = metrics.findIndex(({ columns }) => columns[0]!.index === metas[0]!.defaultMetric);
  if (shown > 0) meta.defaultMetric = shown;
  const raw = mergedRaw(metas);
  if (raw) meta.raw = raw;
  return meta;
}

/** Leftovers that are lists, one entry for each input, become one list; others are about one input only. */
function mergedRaw(metas: Meta[]): Meta['raw'] {
  const lists = Object.keys(metas[0]!.raw ?? {}).filter((key) =>
    metas.every(({ raw }) => Array.isArray(raw?.[key])),
  );
  if (lists.length === 0) return undefined;
  return Object.fromEntries(lists.map((key) => [key, metas.flatMap(({ raw }) => raw![key] as unknown[])]));
}

function isSamePeriod(a: Meta['period'], b: NonNullable<Meta['period']>): boolean {
  return a?.value === b.value && a.metric.name === b.metric.name && a.metric.unit === b.metric.unit;
}
