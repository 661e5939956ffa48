/** Reads the lines of a file: each is a cost, a name for what follows, a call, a jump, or of the header. */
import {
  type LineReader,
  type Place,
  type Profile,
  ProfileBuilder,
  type Source,
} from '../../../src/plugin.ts';
import { Activations } from './activations.ts';
import { CallCosts } from './call-costs.ts';
import { CostLine } from './cost-line.ts';
import { finish } from './finish.ts';
import { Functions, type Identity } from './functions.ts';
import { Header } from './header.ts';
import { LineCosts } from './line-costs.ts';
import { type Fold, NameReader } from './name-reader.ts';
import { Position } from './position.ts';

export interface ReadOptions {
  identity: Identity;
  fold: Fold;
  xdebug: 'tree' | 'graph';
  files: 'all' | 'first';
  thread?: number | undefined;
  part?: number | undefined;
}

/** What the next cost line is. */
const SELF = 0;
const CALL = 1;
const JUMP = 2;

const TAB = 9;
const SPACE = 32;
const HASH = 35;
const STAR = 42;
const PLUS = 43;
const MINUS = 45;
const ZERO = 48;
const EQUALS = 61;
/** Words in front of a `=`. */
const [OB, FL, FI, FE, FN] = ['ob', 'fl', 'fi', 'fe', 'fn'].map(wordCode);
const [COB, CFI, CFL, CFE, CFN, JFI, JFN] = ['cob', 'cfi', 'cfl', 'cfe', 'cfn', 'jfi', 'jfn'].map(wordCode);

/** Writers count with 64 bits; sums of such counts stay far below the largest number. */
const MAX_COUNT = 2 ** 64;
/** A call takes about this many bytes of a file: for reserving memory, which costs nothing until it is used. */
const CALL_BYTES = 64;
const MAX_RESERVE = 1 << 24;
/** The rest of a header line that is longer is not read: only commands are. */
const MAX_HEADER = 1 << 20;

export class Reader {
  readonly #source: Source;
  readonly #options: ReadOptions;
  readonly #lines: LineReader;
  readonly #builder = new ProfileBuilder([]);
  readonly #header: Header;
  readonly #names: NameReader;
  readonly #functions: Functions;
  readonly #position: Position;
  readonly #cost: CostLine;
  readonly #rows: LineCosts;
  readonly #reserve: number;
  readonly #calls: CallCosts;
  #activations: Activations | undefined;
  /** True while `rows` has an open run for the function and file. */
  #running = false;
  #next = SELF;
  /** How often the call of the next cost line was taken. */
  #count = 0;
  /** The part has more than a header; it is one of those asked for. */
  #body = false;
  #wanted: boolean;
  #anyWanted: boolean;
  #stopped = false;
  #costLines = 0;
  #jumps = 0;
  #firstJump: Place | undefined;
  readonly #warned = new Set<string>();

  constructor(source: Source, options: ReadOptions) {
    this.#source = source;
    this.#options = options;
    this.#lines = source.lines();
    this.#header = new Header(source, this.#builder.meta);
    this.#names = new NameReader(this.#lines, options, (id, at) => {
      this.#warn('undefined-id', `the name (${id}) is used but not defined`, at);
    });
    this.#functions = new Functions(options.identity);
    this.#position = new Position(this.#functions, this.#names, options.identity);
    this.#cost = new CostLine(source, this.#lines);
    this.#rows = new LineCosts(source.wantsLineCosts);
    this.#reserve = Math.min(MAX_RESERVE, Math.ceil((source.size ?? 0) / CALL_BYTES) + 16);
    this.#calls = new CallCosts(this.#reserve);
    this.#wanted = this.#isWanted();
    this.#anyWanted = this.#wanted;
  }

  read(): Profile {
    const lines = this.#lines;
    while (!this.#stopped && lines.next()) {
      const { bytes, end } = lines;
      let at = lines.start;
      let first = bytes[at]!;
      while ((first === SPACE || first === TAB) && at < end) first = bytes[++at]!;
      if ((first - ZERO) >>> 0 <= 9 || first === PLUS || first === MINUS || first === STAR) {
        this.#costLine(bytes, at, end);
      } else if (at < end && first !== HASH) {
        this.#word(bytes, at, end);
      }
    }
    return this.#finish();
  }

  #costLine(bytes: Uint8Array, at: number, end: number): void {
    const cost = this.#cost;
    if (this.#header.layout === undefined) {
      this.#source.fail('no-events', 'expected an events: line before the first costs', this.#lines.place());
    }
    const { line } = cost;
    cost.read(bytes, at, end);
    if (cost.extra >= 0) {
      const events = `${cost.values.length} event${cost.values.length === 1 ? '' : 's'}`;
      this.#warn(
        'extra-costs',
        `more costs than the ${events} of the header: the rest is left out`,
        cost.extra,
      );
    }
    const kind = this.#next;
    this.#next = SELF;
    this.#body = true;
    if (this.#wanted) this.#addCosts(kind);
    if (kind !== SELF && this.#position.afterSelfCosts) cost.line = line;
  }

  #addCosts(kind: number): void {
    const cost = this.#cost;
    this.#costLines++;
    if (kind === SELF) {
      if (this.#position.selfCost() || !this.#running) {
        this.#rows.startRun(this.#enter(), this.#position.file);
        this.#running = true;
      }
      this.#rows.add(cost);
      if (this.#activations) this.#activations.addSelf(cost);
      else this.#plainLines();
    } else if (kind === CALL) {
      const callee = this.#position.callee();
      this.#calls.add(this.#enter(), callee, this.#position.file, this.#count, cost);
      this.#activations?.addCall(this.#functions.nameOf(callee), this.#count, cost.line);
      this.#position.callCost();
    } else {
      this.#enter();
    }
  }

  /** Reads on while lines are self costs in their plainest form: most of a file are. */
  #plainLines(): void {
    const lines = this.#lines;
    const cost = this.#cost;
    const rows = this.#rows;
    const { bytes, aheadEnd } = lines;
    let at = lines.aheadStart;
    let count = 0;
    cost.exact = undefined;
    for (;;) {
      const next = cost.readPlain(bytes, at, aheadEnd);
      if (next < 0) break;
      rows.addPlain(cost);
      count++;
      at = next;
    }
    lines.skip(count, at);
    this.#costLines += count;
  }

  /** The function whose costs are read. */
  #enter(): number {
    const position = this.#position;
    if (position.function >= 0) return position.function;
    if (!position.hasFunction) {
      this.#warn('no-function', 'costs before the first fn= line of a part go to a function (unknown)');
    }
    const func = position.enter();
    this.#activations?.startBlock(func);
    return func;
  }

  /** A line that begins with a letter: a name, a call, a jump, or a header line. */
  #word(bytes: Uint8Array, at: number, end: number): void {
    const two = (bytes[at]! << 8) | bytes[at + 1]!;
    if (bytes[at + 2] === EQUALS) {
      if (this.#name(two, at + 3, end)) return;
    } else if (bytes[at + 3] === EQUALS) {
      if (this.#name((two << 8) | bytes[at + 2]!, at + 4, end)) return;
    } else if (begins(bytes, at, 'calls=')) {
      this.#callsLine(bytes, at + 6, end);
      return;
    } else if (begins(bytes, at, 'jump=') || begins(bytes, at, 'jcnd=')) {
      this.#firstJump ??= this.#lines.place();
      this.#jumps++;
      this.#next = JUMP;
      return;
    }
    this.#headerLine(at, end);
  }

  /** Takes in the name at `at`, which `word` is said to be; false if there is no such word. */
  #name(word: number, at: number, end: number): boolean {
    const names = this.#names;
    const position = this.#position;
    switch (word) {
      case FN:
        position.setFunction(names.functionName(at, end), names.id, names.redefined);
        this.#running = false;
        return true;
      case FL:
      case FI:
      case FE:
        position.setFile(names.file(at, end), word === FL);
        this.#running = false;
        return true;
      case OB:
        position.setObject(names.object(at, end));
        return true;
      case CFN:
        position.setCallee(names.functionName(at, end), names.id, names.redefined);
        return true;
      case CFI:
      case CFL:
      case CFE:
        position.setCalleeFile(names.file(at, end));
        return true;
      case COB:
        position.setCalleeObject(names.object(at, end));
        return true;
      // Jumps are passed over, but what their names define stays defined.
      case JFI:
        names.file(at, end);
        return true;
      case JFN:
        names.functionName(at, end);
        return true;
      default:
        return false;
    }
  }

  /** `calls=count target`: the next cost line is the call's. */
  #callsLine(bytes: Uint8Array, from: number, end: number): void {
    let next = from;
    while (bytes[next] === SPACE || bytes[next] === TAB) next++;
    const first = next;
    let count = 0;
    for (let digit = bytes[next]! - ZERO; digit >>> 0 <= 9; digit = bytes[++next]! - ZERO)
      count = count * 10 + digit;
    if (next === first || (next < end && bytes[next]! > SPACE)) {
      this.#source.fail('bad-calls', 'expected a count of calls', this.#lines.place(first));
    }
    if (count > MAX_COUNT) {
      this.#source.fail('calls-too-large', 'a count of more than 2^64 calls', this.#lines.place(first));
    }
    if (count > Number.MAX_SAFE_INTEGER) {
      this.#warn('calls-rounded', 'a count of more than 2^53 calls is rounded', first);
    }
    this.#count = count;
    this.#next = CALL;
    if (!this.#wanted) return;
    this.#enter();
    if (!this.#position.hasCallee) {
      this.#warn('no-callee', 'calls before the first cfn= line of a part go to a function (unknown)');
    }
    this.#functions.enteredAt(this.#position.callee(), this.#cost.targetLine(bytes, next));
  }

  #headerLine(at: number, end: number): void {
    const text = this.#lines.text(at, Math.min(end, at + MAX_HEADER));
    const [key = ''] = /^\w+(?=:)/.exec(text) ?? [];
    const value = text.slice(key.length + 1).trim();
    const header = this.#header;
    if (this.#body && header.opensPart(key)) {
      if (key === 'version' && this.#options.files === 'first') {
        this.#warn('later-files', 'a second file begins here; it is left out');
        this.#stopped = true;
        return;
      }
      this.#nextPart();
    }
    if (!header.read(key, value, () => this.#lines.place())) {
      // Xdebug puts such a line between the profiles of an appended file.
      if (!text.startsWith('====')) this.#warn('unknown-line', 'a line of no known kind is left out');
      return;
    }
    if (key === 'positions') this.#cost.setPositions(header.positions);
    if (key === 'events') this.#setLayout(header.layout!);
    if (key === 'thread' || key === 'part') {
      this.#wanted = this.#isWanted();
      this.#anyWanted ||= this.#wanted;
    }
    if (header.xdebug) this.#readXdebug();
    this.#position.afterSelfCosts = header.valgrind;
  }

  #readXdebug(): void {
    const { identity, xdebug } = this.#options;
    this.#position.calleesByName = true;
    if (this.#activations || xdebug === 'graph' || identity === 'name') return;
    this.#activations = new Activations(this.#functions, this.#reserve);
    if (this.#header.layout) this.#activations.setLayout(this.#header.layout);
  }

  #setLayout(layout: number[]): void {
    this.#cost.setEvents(layout.length);
    this.#rows.setLayout(layout);
    this.#calls.setLayout(layout);
    this.#activations?.setLayout(layout);
    this.#running = false;
  }

  /** Whether the part that is being read is one of those asked for. */
  #isWanted(): boolean {
    const { part, thread } = this.#options;
    const given = this.#header.part;
    return fits(part, given.part) && fits(thread, given.thread);
  }

  #nextPart(): void {
    this.#endPart();
    this.#header.nextPart();
    this.#activations?.startPart();
    this.#cost.reset();
    this.#position.reset();
    this.#running = false;
    this.#next = SELF;
    this.#body = false;
    this.#wanted = this.#isWanted();
  }

  #endPart(): void {
    if (this.#next !== CALL) return;
    this.#source.warn('truncated', 'a call without its costs is left out: is the file cut off?');
  }

  #finish(): Profile {
    this.#endPart();
    this.#check();
    return finish({
      source: this.#source,
      builder: this.#builder,
      header: this.#header,
      names: this.#names.names,
      functions: this.#functions,
      rows: this.#rows,
      calls: this.#calls,
      activations: this.#activations,
      full: this.#options.identity === 'full',
    });
  }

  /** Says what is missing in what was read. */
  #check(): void {
    const { layout, parts, positions, valgrind } = this.#header;
    const source = this.#source;
    if (layout === undefined) {
      source.fail('no-events', 'there is no events: line', undefined, 'is the file empty, or cut off?');
    }
    if (!this.#anyWanted) {
      const { part, thread } = this.#options;
      const asked = [
        part === undefined ? '' : `part ${part}`,
        thread === undefined ? '' : `thread ${thread}`,
      ];
      const there = parts.slice(0, 10).map((p) => `part ${p.part ?? '?'}, thread ${p.thread ?? '?'}`);
      const message = `the file has no ${asked.filter(Boolean).join(' with ')}`;
      source.fail('no-such-part', message, undefined, `it has ${there.join('; ')}`);
    }
    if (this.#costLines === 0) {
      const hint = 'with --separate-threads=yes callgrind puts costs into the files that end in -01, -02, …';
      source.warn('no-costs', 'the profile holds no costs', undefined, hint);
    }
    if (valgrind && parts[parts.length - 1]?.totals === undefined) {
      source.warn('truncated', 'the totals line at the end is missing: is the file cut off?');
    }
    if (this.#jumps > 0) {
      source.warn('jumps', `jumps inside functions are left out (${this.#jumps})`, this.#firstJump);
    }
    if (positions.some((word) => word !== 'line')) {
      const message = 'costs of single instructions are added up by line; their addresses are left out';
      source.warn('addresses', message);
    }
  }

  /** Warns; the place is made only once, since a broken file may be broken in every line. */
  #warn(code: string, message: string, at?: number): void {
    const place = this.#warned.has(code) ? undefined : this.#lines.place(at);
    this.#warned.add(code);
    this.#source.warn(code, message, place);
  }
}

/** The bytes of a short word as a number. */
function wordCode(word: string): number {
  return Array.from(word).reduce((code, letter) => (code << 8) | letter.charCodeAt(0), 0);
}

function begins(bytes: Uint8Array, at: number, word: string): boolean {
  for (let i = 0; i < word.length; i++) if (bytes[at + i] !== word.charCodeAt(i)) return false;
  return true;
}

function fits(wanted: number | undefined, given = ''): boolean {
  return wanted === undefined || wanted === Number.parseInt(given, 10);
}
