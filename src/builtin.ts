/** The formats that come with prof2dot: the only file in src that imports converters. */
import { callgrind } from '../converters/callgrind/callgrind.ts';
import { dhat } from '../converters/callgrind/dhat.ts';
import { massif } from '../converters/callgrind/massif.ts';
import { gecko } from '../converters/exchange/gecko.ts';
import { json } from '../converters/exchange/json.ts';
import { otlp } from '../converters/exchange/otlp.ts';
import { pprof } from '../converters/exchange/pprof.ts';
import { pprofLegacy } from '../converters/exchange/pprof-legacy.ts';
import { speedscope } from '../converters/exchange/speedscope.ts';
import { austin } from '../converters/python/austin.ts';
import { coldshot } from '../converters/python/coldshot.ts';
import { hotshot } from '../converters/python/hotshot.ts';
import { importtime } from '../converters/python/importtime.ts';
import { lprof } from '../converters/python/lprof.ts';
import { memray } from '../converters/python/memray.ts';
import { pstats } from '../converters/python/pstats.ts';
import { pstatsText } from '../converters/python/pstats-text.ts';
import { pySpy } from '../converters/python/py-spy.ts';
import { pyflame } from '../converters/python/pyflame.ts';
import { pyinstrument } from '../converters/python/pyinstrument.ts';
import { scalene } from '../converters/python/scalene.ts';
import { scout } from '../converters/python/scout.ts';
import { stacksampler } from '../converters/python/stacksampler.ts';
import { tachyon } from '../converters/python/tachyon.ts';
import { timeit } from '../converters/python/timeit.ts';
import { vmprof } from '../converters/python/vmprof.ts';
import { yappi } from '../converters/python/yappi.ts';
import { aqtime } from '../converters/reports/aqtime.ts';
import { axe } from '../converters/reports/axe.ts';
import { dmd } from '../converters/reports/dmd.ts';
import { ghc } from '../converters/reports/ghc.ts';
import { gprof } from '../converters/reports/gprof.ts';
import { oprofile } from '../converters/reports/oprofile.ts';
import { vsprof } from '../converters/reports/vsprof.ts';
import { vtune } from '../converters/reports/vtune.ts';
import { xhprof } from '../converters/reports/xhprof.ts';
import { dtrace } from '../converters/stacks/dtrace.ts';
import { folded } from '../converters/stacks/folded.ts';
import { goroutines } from '../converters/stacks/goroutines.ts';
import { hprof } from '../converters/stacks/hprof.ts';
import { instruments } from '../converters/stacks/instruments.ts';
import { jfr } from '../converters/stacks/jfr.ts';
import { perf } from '../converters/stacks/perf.ts';
import { pmcstat } from '../converters/stacks/pmcstat.ts';
import { safari } from '../converters/stacks/safari.ts';
import { sample } from '../converters/stacks/sample.ts';
import { shark } from '../converters/stacks/shark.ts';
import { sleepy } from '../converters/stacks/sleepy.ts';
import { stackprof } from '../converters/stacks/stackprof.ts';
import { sysprof } from '../converters/stacks/sysprof.ts';
import { xperf } from '../converters/stacks/xperf.ts';
import { chromeTrace } from '../converters/v8/chrome-trace.ts';
import { cpuprofile } from '../converters/v8/cpuprofile.ts';
import { heapprofile } from '../converters/v8/heapprofile.ts';
import { v8Log } from '../converters/v8/v8-log.ts';
import { dot } from '../converters/views/dot.ts';
import { lines } from '../converters/views/lines.ts';
import { markdown } from '../converters/views/markdown.ts';
import { peek } from '../converters/views/peek.ts';
import { png } from '../converters/views/png.ts';
import { svg } from '../converters/views/svg.ts';
import { tags } from '../converters/views/tags.ts';
import { top } from '../converters/views/top.ts';
import { traces } from '../converters/views/traces.ts';
import { tree } from '../converters/views/tree.ts';
import { Registry } from './registry.ts';

export const builtin: Registry = new Registry([
  pprof,
  pprofLegacy,
  otlp,
  json,
  speedscope,
  gecko,
  dhat,
  callgrind,
  massif,
  cpuprofile,
  heapprofile,
  v8Log,
  chromeTrace,
  stackprof,
  safari,
  folded,
  perf,
  dtrace,
  hprof,
  jfr,
  goroutines,
  sample,
  sleepy,
  shark,
  sysprof,
  xperf,
  instruments,
  pmcstat,
  gprof,
  ghc,
  axe,
  aqtime,
  oprofile,
  dmd,
  vtune,
  vsprof,
  xhprof,
  pyflame,
  timeit,
  importtime,
  stacksampler,
  pyinstrument,
  tachyon,
  scalene,
  scout,
  memray,
  pySpy,
  lprof,
  hotshot,
  coldshot,
  vmprof,
  austin,
  yappi,
  pstats,
  dot,
  svg,
  png,
  pstatsText,
  top,
  tree,
  peek,
  traces,
  tags,
  lines,
  markdown,
]);
