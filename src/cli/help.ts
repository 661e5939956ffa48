/** Help pages: the program's, each format's, and the presets'. */
import { ProfileError } from '../diagnostics.ts';
import type { Format } from '../format.ts';
import { presetNamed, presets } from '../presets.ts';
import type { Registry } from '../registry.ts';
import { reshapeOptions } from '../reshape-options.ts';
import { generalFlags, optionFlags } from './command-line.ts';
import { type Flag, formatFlags } from './flags.ts';
import { guides } from './guides.ts';

const USAGE = `prof2dot [FILE...] [-t FORMAT] [-o OUTPUT]  convert a profile (FILE defaults to standard input)
                                            or the sum of several: files, directories, patterns
                                            (of the latter two, what is no profile is passed over)
prof2dot merge FILE... [-o OUTPUT]          add profiles up: a profile for pprof, unless -o or -t asks for another
prof2dot detect FILE...                     say what files are
prof2dot formats                            list what can be read and written
prof2dot help FORMAT|compat|totals          tell more of a format, of --compat, or of --total
prof2dot help gprof2dot                     for those who know gprof2dot
prof2dot completion [bash|zsh|fish]         print a completion script [for the shell that $SHELL names]`;

const EXAMPLES = `Examples:
  prof2dot -n0 -e0 app.cpuprofile | dot -Tsvg > graph.svg
  prof2dot cpu.pb.gz -o graph.svg --focus parse --node-count 40
  prof2dot app.cpuprofile -t callgrind -o callgrind.out.app
  prof2dot callgrind.out.1234 -t pstats-text | less`;

const TOTALS = `The total of a function is what it took itself and what was called from it.

  --total exact       the stacks that hold the function, each counted once; of a call, those that hold
                      the call. What is true, and the default.
  --total callratios  gprof2dot's default: what functions took themselves is handed on to callers, to
                      each its part of the calls. In recursion more or less than was spent; 0 if nothing
                      outside of it calls it.
  --total callstacks  gprof2dot's other one: functions as with exact, calls by ratios.

A small profile on which they differ, and why: fixtures/dot/totals.md in the repository.

These formats hold who called whom, and seldom stacks. There exact is`;
const TOTALS_INDENT = 15;

const COMPAT = `A preset is a bundle of ordinary options; flags given beside it win, and what is short for a flag of the
other tool is so here (as --show for --show-samples).`;

/** The page on a topic: a format, a preset, `compat`, `totals`, or all when there is none. */
export function helpPage(registry: Registry, topic: string | undefined): string {
  if (topic === undefined) return mainPage(registry);
  if (topic === 'compat')
    return `${COMPAT}\n\n${Object.keys(presets)
      .map((name) => presetPage(registry, name))
      .join('\n')}`;
  if (topic === 'totals') return totalsPage(registry);
  const format = registry.find(topic);
  if (format) return formatPage(format);
  if (Object.hasOwn(guides, topic)) return `${guides[topic]}\n\n${presetPage(registry, topic)}`;
  throw new ProfileError({
    code: 'usage/unknown-topic',
    message: `there is no help on ${topic}`,
    hint: `topics: ${helpTopics(registry).join(', ')}`,
  });
}

export function helpTopics(registry: Registry): string[] {
  return ['compat', 'totals', ...Object.keys(guides), ...registry.list().map(({ name }) => name)];
}

function mainPage(registry: Registry): string {
  const plain = optionFlags(registry).filter((flag) => !flag.name.includes('.'));
  const drawing = plain.filter((flag) => flag.targets.some((target) => target.format));
  const shaping = plain.filter((flag) => flag.targets.some(({ key }) => key in reshapeOptions));
  const graph = plain.filter((flag) => !drawing.includes(flag) && !shaping.includes(flag));
  return [
    USAGE,
    optionList('Input and output:', generalFlags(registry)),
    optionList('Names and filters, before anything is counted:', shaping),
    optionList('Metric and graph, in the order in which they act:', graph),
    optionList(`Views (${drawnBy(drawing)}):`, drawing),
    EXAMPLES,
  ]
    .join('\n\n')
    .concat('\n');
}

function drawnBy(flags: Flag[]): string {
  return [...new Set(flags.flatMap((flag) => flag.targets.map((target) => target.format)))].join(', ');
}

function formatPage(format: Format): string {
  const { name, title, aliases = [], extensions, spec, parser, emitter } = format;
  const abilities = [parser && 'read', emitter && 'written'].filter(Boolean).join(' and ');
  const facts = [`${name}: ${title}`, '', `Can be ${abilities}.`];
  if (aliases.length > 0) facts.push(`Also called ${aliases.join(', ')}.`);
  if (extensions.length > 0) facts.push(`Usual extensions: ${extensions.map((e) => `.${e}`).join(' ')}`);
  facts.push(`Described at ${spec}`);
  if (parser?.totals !== undefined)
    facts.push('', ...wrap(`Where it holds no stacks, --total exact is ${parser.totals}.`, pageWidth()));
  const flags = formatFlags(format);
  const options = flags.length > 0 ? `\n\n${optionList('Options:', flags)}` : '';
  return `${facts.join('\n')}${options}\n`;
}

function totalsPage(registry: Registry): string {
  const withoutStacks = registry.list().flatMap(({ name, parser }) => {
    if (parser?.totals === undefined) return [];
    const [first, ...rest] = wrap(parser.totals, pageWidth() - TOTALS_INDENT);
    return [
      `  ${name}`.padEnd(TOTALS_INDENT) + first,
      ...rest.map((line) => ' '.repeat(TOTALS_INDENT) + line),
    ];
  });
  return `${TOTALS}\n\n${withoutStacks.join('\n')}\n`;
}

function presetPage(registry: Registry, name: string): string {
  const { help, transforms, formats } = presetNamed(name);
  const flags = optionFlags(registry);
  const set = (format: string | undefined, options: object) =>
    Object.entries(options).map(([key, value]) => {
      const flag = flags.find((f) => f.targets.some((t) => t.key === key && t.format === format));
      return flag?.kind === 'boolean'
        ? `  --${value ? '' : 'no-'}${flag.name}`
        : `  --${flag?.name} ${value}`;
    });
  const lines = [
    ...set(undefined, transforms),
    ...Object.entries(formats).flatMap(([f, options]) => set(f, options)),
  ];
  return `--compat ${name}: ${help}. It stands for\n${[...new Set(lines)].join('\n')}\n`;
}

function pageWidth(): number {
  return Math.min(100, Math.max(60, process.stdout.columns ?? 100));
}

/** A list of flags: what to type at the left, what it does at the right. */
function optionList(title: string, flags: Flag[]): string {
  const width = pageWidth();
  const typed = flags.map((flag) => `  ${flag.short ? `-${flag.short}, ` : '    '}${longForm(flag)}`);
  const left = Math.min(36, Math.max(...typed.map((text) => text.length)) + 2);
  const rows = flags.map((flag, i) => {
    const lines = wrap(description(flag), width - left);
    const first = typed[i]!.length + 1 < left ? typed[i]!.padEnd(left) + lines.shift() : typed[i]!;
    return [first, ...lines.map((line) => ' '.repeat(left) + line)].join('\n');
  });
  return [title, ...rows].join('\n');
}

/** A flag and its value, as they are typed. */
export function longForm({ name, kind, value = kind === 'number' ? 'NUMBER' : 'TEXT' }: Flag): string {
  return `--${name}${kind === 'boolean' ? '' : ` ${value}`}`;
}

/** What a flag does, its choices, and its default. */
export function description({ help, choices, default: standard, targets }: Flag): string {
  const isUnset = standard === undefined || standard === false || String(standard) === '';
  // The choices of general flags are names of formats and presets, which have pages of their own.
  const values = choices && targets.length > 0 ? `: ${choices.join(', ')}` : '';
  return `${help}${values}${isUnset ? '' : ` [${standard}]`}`;
}

function wrap(text: string, width: number): string[] {
  return text.match(new RegExp(`.{1,${width}}(?= |$)|\\S+`, 'g'))!.map((line) => line.trim());
}
