/** pprof's filters once more, in the plain way of its own words: over stacks that are lists of locations. */
import fc from 'fast-check';
import { ProfileBuilder } from '../src/builder.ts';
import { CallTree } from '../src/call-tree.ts';
import type { Label, Profile } from '../src/profile.ts';

export interface Line {
  func: number;
  line: number;
}

/** Lines root first: the physical function, then what is inlined into it. */
export interface Location {
  mapping: number;
  lines: Line[];
}

export interface Sample {
  /** Root first. */
  stack: Location[];
  labels: Label[];
  value: number;
}

const NAMES = ['main', 'f(int)', '.g', 'operator()(int)', 'f', 'h'];
export const fileOf = (func: number): string => `file${func & 1}.c`;
export const nameOf = (func: number): string => NAMES[func]!;
export const mappingOf = (mapping: number): string => `lib${mapping}.so`;

const line = fc.record({ func: fc.integer({ min: 0, max: 5 }), line: fc.integer({ min: 1, max: 2 }) });
const location = fc.record({
  mapping: fc.integer({ min: 0, max: 2 }),
  lines: fc.oneof(
    fc.array(line, { minLength: 1, maxLength: 1 }),
    fc.array(line, { minLength: 1, maxLength: 3 }),
  ),
});
const label: fc.Arbitrary<Label> = fc.oneof(
  fc.record({ key: fc.constantFrom('thread', 'kind'), value: fc.constantFrom('main', 'pool-1', '7') }),
  fc.record({ key: fc.constant('bytes'), value: fc.constantFrom(7, 2048), unit: fc.constant('bytes') }),
);

/** Samples over few locations, so that they meet again. */
export const samples: fc.Arbitrary<Sample[]> = fc
  .array(location, { minLength: 1, maxLength: 6 })
  .chain((table) =>
    fc.array(
      fc.record({
        stack: fc.array(fc.constantFrom(...table), { minLength: 1, maxLength: 6 }),
        labels: fc.uniqueArray(label, { maxLength: 2, selector: ({ key }) => key }),
        value: fc.integer({ min: 1, max: 99 }),
      }),
      { minLength: 1, maxLength: 12 },
    ),
  );

/** The samples as a profile of ours, as a list of stacks or as a tree. */
export function profileOf(list: Sample[], form: 'list' | 'tree'): Profile {
  const builder = new ProfileBuilder([{ name: 'cpu', unit: 'nanoseconds' }]);
  const stacks = list.map(({ stack }) =>
    stack.flatMap(({ mapping, lines }) =>
      lines.map(({ func, line }, inline) => {
        const image = builder.mapping(mappingOf(mapping));
        const index = builder.function(nameOf(func), { file: fileOf(func) });
        return builder.frame(index, { line, mapping: image, inline });
      }),
    ),
  );
  const labels = Int32Array.from(list, (sample) =>
    sample.labels.length > 0 ? builder.labels(sample.labels) : -1,
  );
  const values = [Float64Array.from(list, ({ value }) => value)];
  if (form === 'list') {
    const start = new Uint32Array(list.length + 1);
    for (const [i, frames] of stacks.entries()) start[i + 1] = start[i]! + frames.length;
    const frame = Int32Array.from(stacks.flat());
    return builder.stacks({ length: list.length, start, frame }, values, { labels });
  }
  const tree = new CallTree();
  const node = Int32Array.from(stacks, (frames) => frames.reduce((n, frame) => tree.child(n, frame), -1));
  const { length } = tree;
  const self = new Float64Array(length);
  for (const [i, { value }] of list.entries()) self[node[i]!]! += value;
  const lines = Int32Array.from(list, ({ stack }) => stack.at(-1)!.lines.at(-1)!.line * 10);
  return builder.tree(
    { frame: tree.frame.slice(0, length), parent: tree.parent.slice(0, length), self: [self] },
    {
      samples: { length: list.length, node, values, labels },
      lines: { length: list.length, node, line: lines, values },
    },
  );
}

/** Each sample as a text; sorted. */
export function texts(list: Sample[]): string[] {
  return list
    .map(({ stack, labels, value }) => {
      const frames = stack.flatMap(({ mapping, lines }) =>
        lines.map(({ func, line }, inline) =>
          [nameOf(func), fileOf(func), line, mappingOf(mapping), inline].join(' '),
        ),
      );
      return `${frames.join(';')} ${value} ${labelsText(labels)}`;
    })
    .sort();
}

export function labelsText(labels: Label[]): string {
  return labels.map(({ key, value }) => `${key}=${value}`).join(',');
}

/** The same of a profile. */
export function profileTexts(profile: Profile): string[] {
  const { nodes, samples, frames, functions, mappings, labelSets } = profile;
  const text = (frame: number) => {
    const func = frames.func[frame]!;
    const mapping = mappings[frames.mapping[frame]!]?.name;
    const place = [functions.name[func], functions.file[func], frames.line[frame], mapping];
    return [...place, frames.inline?.[frame] ?? 0].join(' ');
  };
  return Array.from({ length: samples!.length }, (_, i) => {
    const stack: string[] = [];
    for (let n = samples!.node[i]!; n >= 0; n = nodes.parent[n]!) stack.unshift(text(nodes.frame[n]!));
    const labels = labelSets[samples!.labels?.[i] ?? -1] ?? [];
    return `${stack.join(';')} ${samples!.values[0]![i]} ${labelsText(labels)}`;
  }).sort();
}

export interface Filters {
  focus?: string;
  ignore?: string;
  hide?: string;
  show?: string;
  showFrom?: string;
  pruneFrom?: string;
  noinlines?: boolean;
}

/** pprof's own steps, on samples whose locations are shared with nobody. */
export function filtered(list: Sample[], filters: Filters): Sample[] {
  const re = (text: string | undefined) => (text === undefined ? undefined : new RegExp(text, 'u'));
  const { focus, ignore, hide, show, showFrom, pruneFrom } = Object.fromEntries(
    Object.entries(filters).map(([key, text]) => [key, typeof text === 'string' ? re(text) : text]),
  ) as Record<string, RegExp | undefined>;
  const fits = (expression: RegExp, { func }: Line) =>
    expression.test(nameOf(func)) || expression.test(fileOf(func));
  const image = (expression: RegExp, { mapping }: Location) => expression.test(mappingOf(mapping));
  const anywhere = (expression: RegExp, each: Location) =>
    image(expression, each) || each.lines.some((line) => fits(expression, line));
  let left = list.filter(
    ({ stack }) =>
      (!focus || stack.some((each) => anywhere(focus, each))) &&
      !(ignore && stack.some((each) => anywhere(ignore, each))),
  );
  const change = (make: (each: Location) => Line[]) => {
    left = left
      .map((sample) => ({
        ...sample,
        stack: sample.stack
          .map((each) => ({ ...each, lines: make(each) }))
          .filter(({ lines }) => lines.length > 0),
      }))
      .filter(({ stack }) => stack.length > 0);
  };
  if (hide) change((each) => (image(hide, each) ? [] : each.lines.filter((line) => !fits(hide, line))));
  if (show)
    change((each) => (image(show, each) ? each.lines : each.lines.filter((line) => fits(show, line))));
  if (showFrom) {
    left = left.filter(({ stack }) => stack.some((each) => anywhere(showFrom, each)));
    left = left.map((sample) => ({
      ...sample,
      stack: sample.stack.slice(sample.stack.findIndex((each) => anywhere(showFrom, each))),
    }));
    change((each) => {
      const first = each.lines.findIndex((line) => fits(showFrom, line));
      return image(showFrom, each) || first < 0 ? each.lines : each.lines.slice(first);
    });
  }
  if (pruneFrom) {
    const simple = ['main', 'f', 'g', 'operator()', 'f', 'h'];
    const ends = ({ func }: Line) => pruneFrom.test(simple[func]!);
    left = left.map((sample) => {
      const last = sample.stack.findLastIndex(({ lines }) => lines.some(ends));
      return last < 0 ? sample : { ...sample, stack: sample.stack.slice(0, last + 1) };
    });
    change(({ lines }) => {
      const last = lines.findLastIndex(ends);
      return last < 0 ? lines : lines.slice(0, last + 1);
    });
  }
  if (filters.noinlines) change(({ lines }) => lines.slice(0, 1));
  return left;
}
