/** Writes recordings of Java's Flight Recorder, with no more types than their events need. */

export interface JfrMethod {
  className: string;
  name: string;
  descriptor?: string;
}

export interface JfrEvent {
  /** As declared in `events`. */
  type: string;
  /** In ticks. */
  time: number;
  thread?: string;
  /** Leaf first, with lines; absent = none was taken. */
  stack?: [JfrMethod, number][];
  isTruncated?: boolean;
  state?: string;
  /** Numbers of its other fields, by name. */
  values?: Record<string, number>;
}

export interface JfrChunk {
  events: JfrEvent[];
  /** Fields that events have beside time, thread, stack and state: names and units, by type. */
  types?: Record<string, Record<string, 'TICKS' | 'BYTES' | ''>>;
  ticksPerSecond?: number;
  /** Ticks and nanoseconds at which it starts. */
  startTicks?: number;
  startNanos?: bigint;
  /** Writes each constant in an event of its own. */
  scattered?: boolean;
}

const THREAD_FIELDS = ['sampledThread', 'eventThread'];
const INTEGER = 12;
const [BOOLEAN, LONG, STRING, SYMBOL, CLASS, METHOD, FRAME, TRACE, THREAD, STATE, SPAN, AMOUNT] = [
  10, 13, 14, 20, 21, 22, 23, 24, 25, 26, 30, 31,
];
const FIRST_EVENT = 100;

/** An integer of 64 bits; what is negative takes nine bytes. */
export function varint(value: number): number[] {
  const bytes: number[] = [];
  if (value >= 0) {
    for (; value > 127; value = Math.floor(value / 128)) bytes.push((value % 128) + 128);
    return [...bytes, value];
  }
  let rest = BigInt.asUintN(64, BigInt(value));
  for (; bytes.length < 8; rest >>= 7n) bytes.push(Number(rest & 127n) | 128);
  return [...bytes, Number(rest)];
}

function text(value: string): number[] {
  if (value === '') return [1];
  const bytes = [...Buffer.from(value)];
  return [3, ...varint(bytes.length), ...bytes];
}

/** An event: its size, which counts itself, and what it holds. */
export function event(type: number, payload: number[]): number[] {
  const body = [...varint(type), ...payload];
  const size = [1, 2, 3, 4].find((length) => varint(body.length + length).length === length)!;
  return [...varint(body.length + size), ...body];
}

interface Element {
  name: string;
  attributes: Record<string, string>;
  children: Element[];
}

const element = (
  name: string,
  attributes: Record<string, string> = {},
  children: Element[] = [],
): Element => ({
  name,
  attributes,
  children,
});

function type(id: number, name: string, fields: Element[] = []): Element {
  return element('class', { id: `${id}`, name }, fields);
}

function field(name: string, of: number, more: Record<string, string> = {}, unit = ''): Element {
  const annotations: Element[] = [];
  if (unit === 'TICKS') annotations.push(element('annotation', { class: `${SPAN}`, value: unit }));
  if (unit === 'BYTES') annotations.push(element('annotation', { class: `${AMOUNT}`, value: unit }));
  return element('field', { name, class: `${of}`, ...more }, annotations);
}

const CONSTANT = { constantPool: 'true' };

const TYPES = [
  type(BOOLEAN!, 'boolean'),
  type(INTEGER, 'int'),
  type(LONG!, 'long'),
  type(STRING!, 'java.lang.String'),
  type(SYMBOL!, 'jdk.types.Symbol', [field('string', STRING!)]),
  type(CLASS!, 'java.lang.Class', [field('name', SYMBOL!, CONSTANT)]),
  type(METHOD!, 'jdk.types.Method', [
    field('type', CLASS!, CONSTANT),
    field('name', SYMBOL!, CONSTANT),
    field('descriptor', SYMBOL!, CONSTANT),
  ]),
  type(FRAME!, 'jdk.types.StackFrame', [field('method', METHOD!, CONSTANT), field('lineNumber', INTEGER)]),
  type(TRACE!, 'jdk.types.StackTrace', [
    field('truncated', BOOLEAN!),
    field('frames', FRAME!, { dimension: '1' }),
  ]),
  type(THREAD!, 'java.lang.Thread', [field('osName', STRING!), field('javaName', STRING!)]),
  type(STATE!, 'jdk.types.ThreadState', [field('name', STRING!)]),
  type(SPAN!, 'jdk.jfr.Timespan'),
  type(AMOUNT!, 'jdk.jfr.DataAmount'),
];

/** Texts of elements, and the elements, in numbers of texts. */
function metadata(root: Element): number[] {
  const texts: string[] = [];
  const index = (value: string) => {
    const known = texts.indexOf(value);
    return varint(known >= 0 ? known : texts.push(value) - 1);
  };
  const write = ({ name, attributes, children }: Element): number[] => [
    ...index(name),
    ...varint(Object.keys(attributes).length),
    ...Object.entries(attributes).flatMap(([key, value]) => [...index(key), ...index(value)]),
    ...varint(children.length),
    ...children.flatMap(write),
  ];
  const elements = write(root);
  return [0, 0, 1, ...varint(texts.length), ...texts.flatMap(text), ...elements];
}

/** Constants of a chunk under construction, by type. */
class Pools {
  readonly #pools = new Map<number, Map<string, { key: number; bytes: number[] }>>();

  key(type: number, id: string, bytes: () => number[]): number {
    const pool = this.#pools.get(type) ?? new Map();
    this.#pools.set(type, pool);
    const known = pool.get(id);
    if (known) return known.key;
    const key = pool.size + 1;
    pool.set(id, { key, bytes: [] });
    pool.get(id).bytes = bytes();
    return key;
  }

  /** By type: how many there are, and their bytes. */
  entries(): { type: number; constants: number[][] }[] {
    return [...this.#pools].map(([type, pool]) => ({
      type,
      constants: [...pool.values()].map(({ key, bytes }) => [...varint(key), ...bytes]),
    }));
  }

  symbol(value: string): number {
    return this.key(SYMBOL!, value, () => text(value));
  }

  method({ className, name, descriptor = '()V' }: JfrMethod): number {
    return this.key(METHOD!, `${className} ${name} ${descriptor}`, () => {
      const owner = this.key(CLASS!, className, () => varint(this.symbol(className)));
      return [owner, this.symbol(name), this.symbol(descriptor)].flatMap(varint);
    });
  }

  trace({ stack, isTruncated = false }: JfrEvent): number {
    if (!stack) return 0;
    const frames = stack.map(([method, line]) => [...varint(this.method(method)), ...varint(line)]);
    const bytes = [Number(isTruncated), ...varint(frames.length)];
    for (const frame of frames) bytes.push(...frame);
    return this.key(TRACE!, bytes.join(), () => bytes);
  }
}

function fieldsOf(own: Record<string, string>, isSample: boolean): Element[] {
  return [
    field('startTime', LONG!),
    ...Object.entries(own).map(([name, unit]) => field(name, LONG!, {}, unit)),
    field(THREAD_FIELDS[isSample ? 0 : 1]!, THREAD!, CONSTANT),
    field('stackTrace', TRACE!, CONSTANT),
    field('state', STATE!, CONSTANT),
  ];
}

export function chunk({
  events,
  types = {},
  ticksPerSecond = 1e9,
  startTicks = 0,
  startNanos = 0n,
  scattered = false,
}: JfrChunk): Buffer {
  const names = [...new Set(events.map(({ type }) => type))];
  const pools = new Pools();
  const own = (name: string) => types[name] ?? {};
  const written = events.map((one) => {
    const { type, time, thread = 'main', state = 'STATE_RUNNABLE', values = {} } = one;
    return event(
      FIRST_EVENT + names.indexOf(type),
      [
        varint(time),
        ...Object.keys(own(type)).map((name) => varint(values[name] ?? 0)),
        varint(pools.key(THREAD!, thread, () => [...text(''), ...text(thread)])),
        varint(pools.trace(one)),
        varint(pools.key(STATE!, state, () => text(state))),
      ].flat(),
    );
  });
  const classes = names.map((name, i) =>
    type(FIRST_EVENT + i, name, fieldsOf(own(name), name.endsWith('Sample'))),
  );
  const root = element('root', {}, [element('metadata', {}, [...TYPES, ...classes])]);
  const bytes = [...Buffer.alloc(68)];
  const append = (more: number[]): number => {
    const at = bytes.length;
    for (const byte of more) bytes.push(byte);
    return at;
  };
  for (const one of written) append(one);
  const metadataAt = append(event(0, metadata(root)));
  const groups = scattered
    ? pools.entries().flatMap(({ type, constants }) => constants.map((one) => [{ type, constants: [one] }]))
    : [pools.entries()];
  if (groups.length === 0) groups.push([]);
  let constantsAt = 0;
  for (const group of groups) {
    const before = constantsAt === 0 ? 0 : constantsAt - bytes.length;
    const pools = group.flatMap(({ type, constants }) =>
      [varint(type), varint(constants.length), ...constants].flat(),
    );
    constantsAt = append(event(1, [0, 0, ...varint(before), 0, ...varint(group.length), ...pools]));
  }
  const result = Buffer.from(bytes);
  result.write('FLR\0');
  result.writeUInt16BE(2, 4);
  result.writeUInt16BE(1, 6);
  const longs = [result.length, constantsAt, metadataAt, startNanos, 1e9, startTicks, ticksPerSecond];
  for (const [i, value] of longs.entries()) result.writeBigInt64BE(BigInt(value), 8 + 8 * i);
  result.writeUInt32BE(1, 64);
  return result;
}
