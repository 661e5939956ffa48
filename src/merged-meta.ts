/** What is known of several recordings as one. */
import type { Meta } from './profile.ts';

/**
 * What holds of all; the time is the earliest, durations add up, and of different periods it is the longest. With a
 * difference among them, the sum is one. `metrics`: which of the first recording's each metric is.
 */
export function mergedMeta(metas: readonly Meta[], metrics: readonly number[]): Meta {
  const meta: Meta = {};
  for (const key of ['producer', 'command', 'title'] as const) {
    const [text] = new Set(metas.map((each) => each[key]));
    if (text !== undefined && metas.every((each) => each[key] === text)) meta[key] = text;
  }
  for (const { startTime } of metas)
    if (startTime !== undefined && !(meta.startTime! <= startTime)) meta.startTime = startTime;
  if (metas.every(({ duration }) => duration !== undefined))
    meta.duration = metas.reduce((sum, { duration }) => sum + duration!, 0);
  const period = mergedPeriod(metas);
  if (period) meta.period = period;
  const comments = new Set(metas.flatMap((each) => each.comments ?? []));
  if (comments.size > 0) meta.comments = [...comments];
  const shown = metrics.indexOf(metas[0]!.defaultMetric ?? 0);
  if (shown > 0) meta.defaultMetric = shown;
  if (metas.some(({ isDifference }) => isDifference)) meta.isDifference = true;
  const raw = mergedRaw(metas);
  if (Object.keys(raw).length > 0) meta.raw = raw;
  return meta;
}

/** The longest period, where all are counted in the same. */
function mergedPeriod(metas: readonly Meta[]): Meta['period'] {
  let longest = metas[0]!.period;
  for (const { period } of metas) {
    if (period?.metric.name !== longest?.metric.name || period?.metric.unit !== longest?.metric.unit)
      return undefined;
    if (period && period.value > longest!.value) longest = period;
  }
  return longest;
}

/** Leftovers that are lists become one list, texts are those of the first input that has them; others go. */
function mergedRaw(metas: readonly Meta[]): Record<string, unknown> {
  const raw: Record<string, unknown> = {};
  for (const key of new Set(metas.flatMap((meta) => Object.keys(meta.raw ?? {})))) {
    const leftovers = metas.map((meta) => meta.raw?.[key]);
    if (leftovers.every(Array.isArray)) raw[key] = leftovers.flat();
    else {
      const texts = textsOf(leftovers);
      if (Object.keys(texts).length > 0) raw[key] = texts;
    }
  }
  return raw;
}

function textsOf(leftovers: unknown[]): Record<string, string> {
  const texts: Record<string, string> = {};
  for (const leftover of leftovers) {
    if (typeof leftover !== 'object' || leftover === null || Array.isArray(leftover)) continue;
    for (const [key, text] of Object.entries(leftover)) if (typeof text === 'string') texts[key] ??= text;
  }
  return texts;
}
