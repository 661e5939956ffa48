/** What stands on nodes and edges. */
import { defaultMetric, type Profile, secondsPerUnit, type Value } from '../../../src/plugin.ts';
import type { GraphOptions } from './options.ts';
import { fixed2, formatNumber } from './python-format.ts';
import { cutName, stripName, wrapName } from './wrap.ts';

/** Names that do not tell one function from another. */
const ANONYMOUS = /^$|^[(<[{]*(anonymous|lambda|closure|unknown)\b/i;

/** The figures of a node, as shares of the sum and in the metric's unit. */
export interface Figures {
  selfShare: number;
  totalShare: number;
  self: Value;
  total: Value;
}

/** Writes the labels of one graph. */
export class Labels {
  /** Whether a name was too long to be shown in full. */
  cut = false;
  readonly #profile: Profile;
  readonly #options: GraphOptions;
  readonly #seconds: number | undefined;
  /** How many nodes have a name. */
  readonly #sharing = new Map<string, number>();

  constructor(profile: Profile, options: GraphOptions) {
    this.#profile = profile;
    this.#options = options;
    this.#seconds = secondsPerUnit(profile.metrics[defaultMetric(profile)]!);
    if (options.showLocation !== 'auto') return;
    const { nodes, frames, functions } = profile;
    for (let node = 0; node < nodes.length; node++) {
      const name = functions.name[frames.func[nodes.frame[node]!]!]!;
      this.#sharing.set(name, (this.#sharing.get(name) ?? 0) + 1);
    }
  }

  /** Process, module, name, place, figures and calls: those that are known, a line each. */
  node(func: number, figures: Figures): string {
    const { functions } = this.#profile;
    const lines: string[] = [];
    const process = functions.process?.[func];
    if (process) lines.push(process);
    const module = this.#module(func);
    if (module) lines.push(module);
    lines.push(this.#name(functions.name[func]!));
    const place = this.#place(func);
    if (place) lines.push(place);
    for (const measure of this.#options.nodeLabel) {
      const text = this.#measure(measure, figures);
      if (text !== undefined) lines.push(text);
    }
    if (this.#options.showSamples) lines.push(times(figures.self));
    const calls = functions.calls?.[func] ?? Number.NaN;
    if (!Number.isNaN(calls)) lines.push(times(calls));
    return lines.join('\n');
  }

  /** The share and the calls, if known. */
  edge(share: number, calls: number): string {
    const lines: string[] = [];
    if (!Number.isNaN(share)) lines.push(percent(share));
    if (!Number.isNaN(calls)) lines.push(times(calls));
    return lines.join('\n');
  }

  #name(name: string): string {
    const { strip, wrap } = this.#options;
    const full = strip ? stripName(name) : name;
    const shown = cutName(full);
    if (shown !== full) this.cut = true;
    return wrap ? wrapName(shown) : shown;
  }

  #module(func: number): string | undefined {
    const { functions, mappings } = this.#profile;
    const name = mappings[functions.mapping[func]!]?.name;
    switch (this.#options.module) {
      case 'name':
        return name && baseName(name);
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

  #measure(measure: GraphOptions['nodeLabel'][number], figures: Figures): string | undefined {
    switch (measure) {
      case 'total-time-percentage':
        return percent(figures.totalShare);
      case 'self-time-percentage':
        return `(${percent(figures.selfShare)})`;
      case 'total-time':
        return this.#time(figures.total);
      case 'self-time': {
        const time = this.#time(figures.self);
        return time && `(${time})`;
      }
    }
  }

  #time(value: Value): string | undefined {
    if (this.#seconds === undefined) return undefined;
    return formatNumber(this.#options.timeFormat, Number(value) * this.#seconds);
  }

  /** What a node tells when it is pointed at. */
  tooltip(func: number): string {
    const { functions } = this.#profile;
    const { tooltip } = this.#options;
    const file = functions.file[func]!;
    if (tooltip === 'none' || file === '') return '';
    return tooltip === 'file' ? file : withLine(file, functions.line[func]!);
  }
}

function percent(share: number): string {
  return `${fixed2(100 * share)}%`;
}

/** A count: its whole part, and a multiplication sign. */
function times(count: Value): string {
  if (typeof count === 'bigint') return `${count}×`;
  return `${Number.isFinite(count) ? BigInt(Math.trunc(count)) : count}×`;
}

function withLine(file: string, line: number): string {
  return line > 0 ? `${file}:${line}` : file;
}

function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
