/** What stands on nodes and edges. */
import {
  defaultMetric,
  fixed2,
  formatNumber,
  type Profile,
  secondsPerUnit,
  type Value,
} from '../../../src/plugin.ts';
import { cutName } from './cut.ts';
import type { GraphOptions } from './options.ts';

/** Names that do not tell one function from another. */
const ANONYMOUS = /^$|^[(<[{]*(anonymous|lambda|closure|unknown)\b/i;

/** The figures of a node, as shares of the sum and in the metric's unit. */
export interface Figures {
  selfShare: number;
  totalShare: number;
  self: Value;
  total: Value;
  /** How many samples self is; undefined = not counted. */
  samples: Value | undefined;
}

/** The figures of an arc, as parts and in the metric's unit; NaN = unknown. */
export interface ArcFigures {
  share: number;
  ofCaller: number;
  ofCallee: number;
  total: Value;
  calls: number;
}

/** One figure of a node. */
export interface Measure {
  name: GraphOptions['nodeLabel'][number] | 'samples';
  value: number;
  /** The value, as it is written. */
  bare: string;
  /** The same; that of self in brackets. */
  text: string;
}

/** What few graphs need; each is there if the options ask for it. */
interface Extras {
  stripName?: ((name: string) => string) | undefined;
  wrapName?: ((name: string) => string) | undefined;
  editorUrl?: typeof import('./editor-url.ts')['editorUrl'] | undefined;
}

/** Writes the labels of one graph. */
export class Labels {
  /** Whether a name was too long to be shown in full. */
  cut = false;
  readonly #profile: Profile;
  readonly #options: GraphOptions;
  readonly #extras: Extras;
  /** Seconds in a unit of the metric; NaN = it is no time. */
  readonly #seconds: number;
  /** How many nodes have a name. */
  readonly #sharing = new Map<string, number>();
  /** Writes a share; that of a difference with its sign. */
  readonly #percent: (share: number) => string;
  /** Writes calls; '' = unknown. */
  readonly #times: (calls: number) => string;
  /** Whether the file of any function is known. */
  readonly #hasFiles: boolean;

  static async of(profile: Profile, options: GraphOptions): Promise<Labels> {
    const { strip, wrap, url } = options;
    return new Labels(profile, options, {
      stripName: strip ? (await import('./wrap.ts')).stripName : undefined,
      wrapName: wrap ? (await import('./wrap.ts')).wrapName : undefined,
      editorUrl: url === undefined ? undefined : (await import('./editor-url.ts')).editorUrl,
    });
  }

  private constructor(profile: Profile, options: GraphOptions, extras: Extras) {
    this.#profile = profile;
    this.#options = options;
    this.#extras = extras;
    this.#percent = profile.meta.isDifference ? signedPercent : percent;
    this.#times = profile.meta.isDifference ? signedTimes : knownTimes;
    this.#seconds = secondsPerUnit(profile.metrics[defaultMetric(profile)]!) ?? Number.NaN;
    this.#hasFiles = profile.functions.file.some((file) => file !== '');
    if (options.showLocation !== 'auto') return;
    const { nodes, frames, functions } = profile;
    for (let node = 0; node < nodes.length; node++) {
      const name = functions.name[frames.func[nodes.frame[node]!]!]!;
      this.#sharing.set(name, (this.#sharing.get(name) ?? 0) + 1);
    }
  }

  /** Process, module, name, place, figures and calls: those that are known, a line each. */
  node(func: number, figures: Figures): string {
    const figureLines = this.measures(figures).map(({ text }) => text);
    const calls = this.calls(func);
    return [...this.head(func), ...figureLines, ...(calls === '' ? [] : [calls])].join('\n');
  }

  /** Process, module, name and place: those that are known. */
  head(func: number): string[] {
    const { functions } = this.#profile;
    const lines: string[] = [];
    const process = functions.process?.[func];
    if (process) lines.push(process);
    const module = this.#module(func);
    if (module !== undefined) lines.push(module);
    lines.push(this.#name(functions.name[func]!));
    const place = this.#place(func);
    if (place) lines.push(place);
    return lines;
  }

  /** How often the function was called; '' = unknown. */
  calls(func: number): string {
    return this.#times(this.#profile.functions.calls?.[func] ?? Number.NaN);
  }

  /** The figures that the options ask for, in this order; '' = unknown. */
  edge({ share, ofCaller, ofCallee, total, calls }: ArcFigures): string[] {
    const time = Number(total) * this.#seconds;
    const percent = (part: number, of = '') => (Number.isNaN(part) ? '' : `${this.#percent(part)}${of}`);
    const texts = {
      'total-time-percentage': percent(share),
      'caller-percentage': percent(ofCaller, ' of caller'),
      'callee-percentage': percent(ofCallee, ' of callee'),
      'total-time': Number.isNaN(time) ? '' : formatNumber(this.#options.timeFormat, time),
      calls: this.#times(calls),
    };
    return this.#options.edgeLabel.map((measure) => texts[measure]);
  }

  #name(name: string): string {
    return this.wrapped(this.#extras.stripName?.(name) ?? name);
  }

  /** The name, cut if it is too long, in lines if these are wanted. */
  wrapped(name: string): string {
    const shown = this.#short(name);
    return this.#extras.wrapName?.(shown) ?? shown;
  }

  /** The heading of the graph, which also marks guesses; undefined = none. */
  title(): string | undefined {
    const { title } = this.#options;
    // Shares come from ways of computing totals that guess throughout, and were chosen.
    const { estimated, shares, compareWith } = this.#profile;
    const isGuess = estimated || compareWith?.profile.estimated === true;
    const mark = isGuess && !shares ? '(estimated)' : '';
    return [title && this.#short(title), mark].filter(Boolean).join(' ') || undefined;
  }

  #short(text: string): string {
    const shown = cutName(text);
    if (shown !== text) this.cut = true;
    return shown;
  }

  #module(func: number): string | undefined {
    const { functions, mappings } = this.#profile;
    const name = mappings[functions.mapping[func]!]?.name;
    switch (this.#options.module) {
      case 'name':
        return name ? baseName(name) : undefined;
      case 'path':
        return name;
      case 'none':
        return undefined;
    }
  }

  #place(func: number): string | undefined {
    const { functions } = this.#profile;
    const { showLocation } = this.#options;
    const file = functions.file[func]!;
    const name = functions.name[func]!;
    if (showLocation === 'never' || file === '' || file === name) return undefined;
    if (showLocation === 'auto' && !ANONYMOUS.test(name) && this.#sharing.get(name)! < 2) return undefined;
    return withLine(baseName(file), functions.line[func]!);
  }

  /** The figures that the options ask for, as far as the metric has them. */
  measures({ selfShare, totalShare, self, total, samples }: Figures): Measure[] {
    const measures = this.#options.nodeLabel.map((name): Measure => {
      const ofSelf = name.startsWith('self');
      const isTime = !name.endsWith('percentage');
      const share = ofSelf ? selfShare : totalShare;
      const value = isTime ? Number(ofSelf ? self : total) * this.#seconds : share;
      const bare = isTime ? formatNumber(this.#options.timeFormat, value) : this.#percent(share);
      return { name, value, bare, text: ofSelf ? `(${bare})` : bare };
    });
    const known = measures.filter(({ value }) => !Number.isNaN(value));
    if (this.#options.showSamples && samples !== undefined) {
      const text = times(samples);
      known.push({ name: 'samples', value: Number(samples), bare: text, text });
    }
    return known;
  }

  /** What a node tells when it is pointed at; undefined = its label, as Graphviz has it. */
  tooltip(func: number): string | undefined {
    const { functions } = this.#profile;
    const { tooltip } = this.#options;
    const file = functions.file[func]!;
    // A function without a file among others with one tells nothing, as in gprof2dot.
    if (tooltip === 'file') return this.#hasFiles ? file : undefined;
    return tooltip === 'none' || file === '' ? undefined : withLine(file, functions.line[func]!);
  }

  /** The link of a node; undefined = none. */
  url(func: number): string | undefined {
    const { url } = this.#options;
    const { file, line, column } = this.#profile.functions;
    if (url === undefined) return undefined;
    return this.#extras.editorUrl?.(url, file[func]!, line[func]!, column[func]!);
  }
}

/** A label of the lines that are not empty. */
export function labelOf(lines: string[]): string {
  return lines.filter(Boolean).join('\n');
}

function percent(share: number): string {
  return `${fixed2(100 * share)}%`;
}

function signedPercent(share: number): string {
  return share > 0 ? `+${percent(share)}` : percent(share);
}

function knownTimes(calls: number): string {
  return Number.isNaN(calls) ? '' : times(calls);
}

/** As many calls as before are nothing to tell of. */
function signedTimes(calls: number): string {
  return calls > 0 ? `+${times(calls)}` : calls === 0 ? '' : knownTimes(calls);
}

/** A count: its whole part, and a multiplication sign. */
export function times(count: Value): string {
  if (typeof count === 'bigint') return `${count}×`;
  return `${Number.isFinite(count) ? BigInt(Math.trunc(count)) : count}×`;
}

function withLine(file: string, line: number): string {
  return line > 0 ? `${file}:${line}` : file;
}

function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
