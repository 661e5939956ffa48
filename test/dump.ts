/**
 * A profile as text, for comparison: exact numbers, an order that does not depend on table order, and a
 * hash in place of what would make a section too long to read.
 */
import { createHash } from 'node:crypto';
import { sumOf } from '../src/columns.ts';
import { sumOfMetric } from '../src/graph.ts';
import type { Column, Label, Profile } from '../src/profile.ts';
import { coarsen } from '../src/transforms/coarsen.ts';

/** Characters of a section that are shown. */
const SECTION = 4000;
const MAX_INDENT = 30;

/** Canonical text of a profile. */
export function dump(profile: Profile): string {
  const name = functionNames(profile);
  return [
    `callers: ${profile.callers}${profile.estimated ? ' (estimated)' : ''}\n`,
    section('metrics: sum', metricRows(profile)),
    section('meta', metaRows(profile)),
    section('mappings: start limit offset', mappingRows(profile)),
    section('functions: total self', functionRows(profile, name)),
    profile.callers === 'all' ? section('tree: total self', treeRows(profile, name)) : '',
    profile.arcs
      ? section(
          `arcs: total${profile.arcs.self ? ' (self)' : ''} calls${profile.arcs.primitiveCalls ? '/primitive' : ''}${profile.arcs.counts ? ` (${profile.arcs.counts})` : ''}`,
          arcRows(profile, name),
        )
      : '',
    profile.lines ? section('lines: self', lineRows(profile, name)) : '',
    profile.samples ? section(`samples: ${profile.samples.length}`, sampleRows(profile, name)) : '',
  ].join('');
}

function section(title: string, rows: string[]): string {
  if (rows.length === 0) return '';
  let shown = 0;
  let length = 0;
  while (shown < rows.length && length + rows[shown]!.length <= SECTION) length += rows[shown++]!.length + 3;
  const lines = rows.slice(0, shown).map((row) => `  ${row}\n`);
  if (shown < rows.length) {
    const rest = createHash('sha256');
    for (const row of rows.slice(shown)) rest.update(`${row}\n`);
    lines.push(`  … and ${rows.length - shown} more, sha256 ${rest.digest('hex').slice(0, 16)}\n`);
  }
  return `${title}\n${lines.join('')}`;
}

/** The values of a row, in all metrics. */
function values(columns: Column[], row: number): string {
  return columns.map((column) => `${column[row]}`).join(' ');
}

/** A compact form of names and the like that may hold anything. */
function quoted(text: string): string {
  return text !== '' && /^[^\x00-\x1f\x7f"]+$/.test(text) && text.trim() === text
    ? text
    : JSON.stringify(text);
}

function metricRows(profile: Profile): string[] {
  return profile.metrics.map(({ name, unit, title }, m) => {
    const cut = profile.whole ? ` (${sumOf(profile.nodes.self[m]!)} left)` : '';
    const more = [title && `"${title}"`, m === profile.meta.defaultMetric && '(default)'].filter(Boolean);
    return [`${sumOfMetric(profile, m)}${cut}`, quoted(name), quoted(unit), ...more].join(' ');
  });
}

function metaRows({ meta }: Profile): string[] {
  const rows: string[] = [];
  const { raw, defaultMetric: _, ...known } = meta;
  for (const [key, value] of Object.entries(known)) {
    if (value !== undefined) rows.push(`${key}: ${typeof value === 'string' ? quoted(value) : json(value)}`);
  }
  for (const [format, value] of Object.entries(raw ?? {})) {
    const text = json(value);
    const short =
      text.length <= 400
        ? text
        : `${text.slice(0, 400)}… sha256 ${createHash('sha256').update(text).digest('hex').slice(0, 16)}`;
    rows.push(`raw ${format}: ${short}`);
  }
  return rows;
}

function json(value: unknown): string {
  return JSON.stringify(value, (_key, v: unknown) => {
    if (typeof v === 'bigint') return `${v}n`;
    if (v instanceof Map) return [...v];
    return ArrayBuffer.isView(v) ? `${v.constructor.name} ${Array.from(v as Uint8Array).join(' ')}` : v;
  });
}

function mappingRows({ mappings }: Profile): string[] {
  return mappings.map(({ name, buildId, start, limit, offset }) =>
    [`${hex(start)} ${hex(limit)} ${hex(offset)}`, quoted(name), buildId && `build id ${buildId}`]
      .filter(Boolean)
      .join(' '),
  );
}

function hex(value: bigint): string {
  return `0x${value.toString(16)}`;
}

/** A name for each function: with as much of its other facts as tells it from its namesakes. */
function functionNames({ functions, mappings }: Profile): string[] {
  const facts = (f: number): string[] => [
    quoted(functions.name[f]!),
    place(functions.file[f]!, functions.line[f]!, functions.column[f]!),
    mappings[functions.mapping[f]!]?.name ?? '',
    functions.systemName[f]!,
    functions.process?.[f] ?? '',
    functions.id?.[f] ?? '',
  ];
  const names = Array.from({ length: functions.length }, (_, f) => facts(f)[0]!);
  for (let fact = 1; fact < 6; fact++) {
    for (const f of namesakes(names)) {
      const text = facts(f)[fact]!;
      if (text !== '') names[f] += ` <${text}>`;
    }
  }
  return names;
}

function namesakes(names: string[]): number[] {
  const count = new Map<string, number>();
  for (const name of names) count.set(name, (count.get(name) ?? 0) + 1);
  return [...names.keys()].filter((f) => count.get(names[f]!)! > 1);
}

function place(file: string, line: number, column: number): string {
  return `${file}${line || column ? `:${line}` : ''}${column ? `:${column}` : ''}`;
}

/** Compares rows by their first metric, the greatest first, then by text. */
function byValue(
  column: Column | undefined,
  text: (row: number) => string,
): (a: number, b: number) => number {
  return (a, b) => {
    const difference = Number(column?.[b] ?? 0) - Number(column?.[a] ?? 0);
    if (difference !== 0 && !Number.isNaN(difference)) return difference;
    return text(a) < text(b) ? -1 : text(a) > text(b) ? 1 : a - b;
  };
}

function ordered(length: number, column: Column | undefined, text: (row: number) => string): number[] {
  return Array.from({ length }, (_, row) => row).sort(byValue(column, text));
}

function functionRows(profile: Profile, name: string[]): string[] {
  const { functions, mappings } = profile;
  const facts = (f: number): string => {
    const calls = functions.calls?.[f] ?? Number.NaN;
    const primitive = functions.primitiveCalls?.[f] ?? Number.NaN;
    return [
      quoted(functions.name[f]!),
      place(functions.file[f]!, functions.line[f]!, functions.column[f]!),
      functions.systemName[f] && `system name ${quoted(functions.systemName[f]!)}`,
      functions.mapping[f]! >= 0 && `in ${quoted(mappings[functions.mapping[f]!]!.name)}`,
      functions.id && functions.id[f] !== functions.name[f] && `id ${quoted(functions.id[f]!)}`,
      functions.process?.[f] && `process ${quoted(functions.process[f]!)}`,
      !Number.isNaN(calls) && `calls ${calls}${Number.isNaN(primitive) ? '' : `/${primitive}`}`,
    ]
      .filter(Boolean)
      .join(' ');
  };
  // `coarsen` makes functions of its own, in the order in which frames first name them.
  const graph = profile.callers === 'all' ? coarsen(profile) : profile;
  const original = profile.callers === 'all' ? firstNamed(profile) : undefined;
  const { nodes, frames } = graph;
  const func = (node: number): number => {
    const f = frames.func[nodes.frame[node]!]!;
    return original ? original[f]! : f;
  };
  const seen = new Set<number>();
  const rows = ordered(nodes.length, nodes.total[0], (n) => name[func(n)]!).map((n) => {
    seen.add(func(n));
    return `${values(nodes.total, n)} ${values(nodes.self, n)} ${facts(func(n))}`;
  });
  const unused = ordered(functions.length, undefined, (f) => name[f]!).filter((f) => !seen.has(f));
  return [...rows, ...unused.map((f) => `- ${facts(f)}`)];
}

function firstNamed({ functions, frames }: Profile): number[] {
  const seen = new Uint8Array(functions.length);
  const order: number[] = [];
  for (const f of frames.func.subarray(0, frames.length)) {
    if (seen[f]) continue;
    seen[f] = 1;
    order.push(f);
  }
  return order;
}

/** What a frame adds to its function. */
function frameFacts({ frames, functions, mappings }: Profile, frame: number): string {
  const line = frames.line[frame]!;
  const column = frames.column[frame]!;
  const mapping = frames.mapping[frame]!;
  const address = frames.address?.[frame] ?? 0n;
  const inline = frames.inline?.[frame] ?? 0;
  return [
    (line || column) && ` at ${line}${column ? `:${column}` : ''}`,
    mapping >= 0 &&
      mapping !== functions.mapping[frames.func[frame]!] &&
      ` in ${quoted(mappings[mapping]!.name)}`,
    address && ` ${hex(address)}`,
    inline && ` inline ${inline}`,
  ]
    .filter(Boolean)
    .join('');
}

function treeRows(profile: Profile, name: string[]): string[] {
  const { nodes, frames } = profile;
  const { length, parent, frame, total, self } = nodes;
  const texts = Array.from(
    { length: frames.length },
    (_, f) => name[frames.func[f]!]! + frameFacts(profile, f),
  );
  const children = new Map<number, number[]>();
  for (let n = 0; n < length; n++) {
    const siblings = children.get(parent[n]!);
    if (siblings) siblings.push(n);
    else children.set(parent[n]!, [n]);
  }
  const compare = byValue(total[0], (n) => texts[frame[n]!]!);
  const rows: string[] = [];
  const open = (children.get(-1) ?? [])
    .sort(compare)
    .reverse()
    .map((node) => ({ node, depth: 0 }));
  for (let top = open.pop(); top; top = open.pop()) {
    const { node, depth } = top;
    const indent = ' '.repeat(Math.min(depth, MAX_INDENT)) + (depth > MAX_INDENT ? `[${depth}] ` : '');
    const calls = nodes.calls ? ` calls ${nodes.calls[node]}` : '';
    rows.push(`${indent}${values(total, node)} ${values(self, node)} ${texts[frame[node]!]}${calls}`);
    for (const child of (children.get(node) ?? []).sort(compare).reverse())
      open.push({ node: child, depth: depth + 1 });
  }
  return rows;
}

function arcRows(profile: Profile, name: string[]): string[] {
  const { nodes, frames, files } = profile;
  const arcs = profile.arcs!;
  const end = (node: number): string => name[frames.func[nodes.frame[node]!]!]!;
  const text = (a: number): string => {
    const line = arcs.line[a]!;
    const file = arcs.file?.[a] ?? 0;
    const site = file ? ` at ${quoted(files[file]!)}:${line}` : line ? ` at ${line}` : '';
    const residual = arcs.residual?.[a] ? ' (residual)' : '';
    return `${end(arcs.caller[a]!)} -> ${end(arcs.callee[a]!)}${site}${residual}`;
  };
  const calls = (a: number): string =>
    arcs.primitiveCalls ? `${arcs.calls[a]}/${arcs.primitiveCalls[a]}` : `${arcs.calls[a]}`;
  return ordered(arcs.length, arcs.total[0], text).map(
    (a) => `${values(arcs.total, a)}${arcs.self ? ` (${values(arcs.self, a)})` : ''} ${calls(a)} ${text(a)}`,
  );
}

function lineRows(profile: Profile, name: string[]): string[] {
  const { nodes, frames, files } = profile;
  const lines = profile.lines!;
  const text = (i: number): string => {
    const frame = nodes.frame[lines.node[i]!]!;
    const file = lines.file?.[i] ?? 0;
    return `${name[frames.func[frame]!]} at ${file ? quoted(files[file]!) : ''}:${lines.line[i]}`;
  };
  return ordered(lines.length, lines.values[0], text).map((i) => `${values(lines.values, i)} ${text(i)}`);
}

/** In their own order when they have times, else the greatest first. */
function sampleRows(profile: Profile, name: string[]): string[] {
  const { nodes, frames, labelSets } = profile;
  const samples = profile.samples!;
  const label = ({ key, value, unit }: Label): string =>
    `${quoted(key)}=${quoted(`${value}`)}${unit ? ` ${unit}` : ''}`;
  const text = (i: number): string => {
    const node = samples.node[i]!;
    const set = labelSets[samples.labels?.[i] ?? -1] ?? [];
    const where = node < 0 ? 'nowhere' : name[frames.func[nodes.frame[node]!]!];
    return `${where}${set.length > 0 ? ` {${set.map(label).join(', ')}}` : ''}`;
  };
  if (samples.time) {
    return Array.from(
      { length: samples.length },
      (_, i) => `${samples.time![i]}: ${values(samples.values, i)} ${text(i)}`,
    );
  }
  return ordered(samples.length, samples.values[0], text).map(
    (i) => `${values(samples.values, i)} ${text(i)}`,
  );
}
