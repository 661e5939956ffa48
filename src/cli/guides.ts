/** Help for those who know another tool, in its words. */

const GPROF2DOT = `For those who know gprof2dot: its command lines are understood here.

  gprof2dot -f pstats out.pstats | dot -Tpng -o out.png
  prof2dot -f pstats out.pstats | dot -Tpng -o out.png   the same line
  prof2dot out.pstats -o out.png                         formats are recognised, Graphviz is inside
  prof2dot --compat gprof2dot out.pstats                 the very graph that gprof2dot draws

Formats (-f) keep their names:
  prof (or gprof), axe, callgrind, collapse (or folded), dtrace, hprof, json, perf, pstats, sleepy,
  sysprof, xperf; those it has dropped: oprofile, shark, aqtime, hotshot; and dmd, which it never took.
  Files of any format are added up, not only those of pstats.

Options keep their names, defaults, and short forms (--node-t 1, -swn0):
  -o --output        -f --format        -n --node-thres     -e --edge-thres    -c --colormap
  -s --strip         -w --wrap          -z --root           -l --leaf          -p --path
  --depth            --total            --skew              --node-label       --time-format
  --show-samples     --list-functions   --color-nodes-by-selftime (or --colour-…)
  --compare          --compare-tolerance, --compare-only-slower, --compare-only-faster,
                     --compare-color-by-difference

What is different, unless there is --compat gprof2dot:
  totals             are counted on stacks, and right in recursion: --total exact. callratios is what
                     gprof2dot does by default, callstacks its other way; see prof2dot help totals
  functions          of one name are told apart by file and module, and nodes say which is which
  -z, -l             stand for all functions of a name, not for the last one
  perf               has a metric for each event, and periods count (--metric, --perf.weight)
  --compare          takes profiles of any two formats, and draws what only one of them has
  --show             is a filter; --show-samples cannot be shortened that far

What is new:
  --focus --ignore --hide --show --prune-from RE   choose stacks before anything is counted
  --regex                                          -z -l -p take regular expressions, not globs
  --edge-label caller-percentage                   percent of the caller instead of the whole
  --title TEXT, --legend                           say what is shown, and how to read it
  --dot.url vscode, --svg.url URL                  links to lines; tooltips tell them anyway
  --dot.show-location always                       file and line on every node
  --node-count N, --demangle HOW, --tagroot thread fewer nodes, names of C++ and Rust, threads apart
  -t json:graph, -t top, -t tree, -t pstats-text   the graph as JSON, and tables of it
  --base OLD, --fail-above 5%                      what has grown
  -                                                standard input, of any format`;

/** By preset. */
export const guides: Record<string, string> = { gprof2dot: GPROF2DOT };
