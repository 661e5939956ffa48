/** Pickles as line_profiler and yappi write them, of made-up figures. */
import { Instance, pickled, Tuple } from './pickle-encoder.ts';

export type Line = [line: unknown, hits: unknown, time: unknown];

/** An `.lprof` file: functions by file, line and name. */
export function lineStats(
  timings: [file: unknown, line: unknown, name: unknown, lines: Line[]][],
  unit: unknown = 1e-6,
): Buffer {
  const entries = timings.map(([file, line, name, lines]): [Tuple, Tuple[]] => [
    new Tuple(file, line, name),
    lines.map((one) => new Tuple(...one)),
  ]);
  return pickled(new Instance('line_profiler._line_profiler.LineStats', { timings: new Map(entries), unit }));
}

/** What a row of yappi says, and whom it called. */
export interface Row {
  name: string;
  module?: unknown;
  lineno?: unknown;
  ncall?: unknown;
  nactualcall?: unknown;
  ttot?: unknown;
  tsub?: unknown;
  index?: unknown;
  ctx_id?: unknown;
  children?: Row[];
}

/** An `.ystat` file; `old`: as GreenletProfiler writes it. */
export function funcStats(rows: Row[], clock: unknown = 'cpu', old = false): Buffer {
  const stats = rows.map((row) => {
    const children = (row.children ?? []).map(
      (child) => new Instance('yappi.YChildFuncStat', figures(child)),
    );
    const list = new Instance('yappi.YChildFuncStats', { [old ? '_stats' : '_as_list']: children });
    return new Instance('yappi.YFuncStat', { ctx_id: 0, ...figures(row), children: list });
  });
  const all = old ? stats : new Instance('yappi.YFuncStats', { _as_list: stats });
  return pickled(new Tuple(all, clock));
}

function figures({ children: _, ...row }: Row): Record<string, unknown> {
  const defaults = { module: 'a.py', lineno: 1, ncall: 1, nactualcall: 1, ttot: 0, tsub: 0, index: 0 };
  return { ...defaults, ...row };
}
