/**
 * Python's pickles, protocols 0 to 5, as inert data: nothing is imported, nothing is called.
 *
 * Spec: CPython's Lib/pickletools.py. The surprise: a pickle is a program for a stack machine, and its ordinary
 * way to make an object is to name a function and call it. Here a call is a record of what would be called.
 */
import { Int32List, type Source } from '../../src/plugin.ts';
import { PickleArguments } from './pickle/arguments.ts';
import { isBytes } from './pickle/signature.ts';
import { PickleDict, PickleGlobal, PickleObject, type PickleValue } from './pickle/values.ts';

export { PickleDict, PickleObject, type PickleValue } from './pickle/values.ts';

const LAST_PROTOCOL = 5;
/** Values on the stack at one time: picklers put away a thousand at the latest. */
const MAX_STACK = 1 << 22;
/** What all values may take, counted in places of a list: a few hundred megabytes. */
const MAX_PLACES = 1 << 26;
const CONTAINER_PLACES = 16;
const MEMO_PLACES = 8;
/**
 * The value that the input holds, and the size of the pickle in bytes. Fails when it is no whole pickle, or
 * larger than any profile.
 */
export function readPickle(source: Source): { value: PickleValue; size: number } {
  const bytes = isBytes(source.head) ? source.bytes() : new TextEncoder().encode(source.text());
  const input = new PickleArguments(bytes, source);
  const value = new StackMachine(input).run();
  const size = input.at;
  if (size < bytes.length)
    source.warn('more-bytes', `${bytes.length - size} bytes behind the pickle are left out`, {
      offset: size,
    });
  return { value, size };
}

class StackMachine {
  readonly #input: PickleArguments;
  readonly #stack: PickleValue[] = [];
  /** Heights of the stack at the marks. */
  readonly #marks = new Int32List();
  readonly #memo: PickleValue[] = [];
  #memoSize = 0;
  #places = 0;
  #done = false;

  constructor(input: PickleArguments) {
    this.#input = input;
  }

  run(): PickleValue {
    const input = this.#input;
    const { bytes } = input;
    while (!this.#done) {
      const opcode = bytes[input.at] ?? input.uint8();
      input.at++;
      if (!this.#scalar(opcode) && !this.#container(opcode) && !this.#stackWork(opcode)) {
        const name = opcode > 0x20 && opcode < 0x7f ? ` (${String.fromCharCode(opcode)})` : '';
        input.fail(
          'bad-pickle',
          `0x${opcode.toString(16).padStart(2, '0')}${name} is no opcode of a profile`,
        );
      }
      if (this.#stack.length > MAX_STACK) this.#tooLarge();
    }
    return this.#pop();
  }

  /** Numbers, texts and names. */
  #scalar(opcode: number): boolean {
    const input = this.#input;
    switch (opcode) {
      case 0x4e: // NONE
        return this.#push(null);
      case 0x88: // NEWTRUE
        return this.#push(true);
      case 0x89: // NEWFALSE
        return this.#push(false);
      case 0x49: // INT
        return this.#push(input.intLine());
      case 0x4c: // LONG
        return this.#push(input.longLine());
      case 0x4a: // BININT
        return this.#push(input.int32());
      case 0x4b: // BININT1
        return this.#push(input.uint8());
      case 0x4d: // BININT2
        return this.#push(input.uint16());
      case 0x8a: // LONG1
        return this.#push(input.long(1));
      case 0x8b: // LONG4
        return this.#push(input.long(4));
      case 0x46: // FLOAT
        return this.#push(input.floatLine());
      case 0x47: // BINFLOAT
        return this.#push(input.float64());
      case 0x53: // STRING
        return this.#push(input.quotedLine());
      case 0x56: // UNICODE
        return this.#push(input.unicodeLine());
      case 0x54: // BINSTRING
      case 0x58: // BINUNICODE
        return this.#push(input.text(4));
      case 0x55: // SHORT_BINSTRING
      case 0x8c: // SHORT_BINUNICODE
        return this.#push(input.text(1));
      case 0x8d: // BINUNICODE8
        return this.#push(input.text(8));
      case 0x42: // BINBYTES
        return this.#push(input.sized(4));
      case 0x43: // SHORT_BINBYTES
        return this.#push(input.sized(1));
      case 0x8e: // BINBYTES8
      case 0x96: // BYTEARRAY8
        return this.#push(input.sized(8));
      case 0x63: // GLOBAL
        return this.#push(new PickleGlobal(input.line(), input.line()));
      case 0x93: // STACK_GLOBAL
        return this.#push(this.#stackGlobal());
      default:
        return false;
    }
  }

  /** Tuples, lists, sets, dictionaries and objects: made and filled. */
  #container(opcode: number): boolean {
    switch (opcode) {
      case 0x29: // EMPTY_TUPLE
      case 0x5d: // EMPTY_LIST
      case 0x8f: // EMPTY_SET
        return this.#pushContainer([]);
      case 0x74: // TUPLE
      case 0x6c: // LIST
      case 0x91: // FROZENSET
        return this.#pushContainer(this.#popMark());
      case 0x85: // TUPLE1
      case 0x86: // TUPLE2
      case 0x87: // TUPLE3
        return this.#pushContainer(this.#popSome(opcode - 0x84));
      case 0x61: // APPEND
        return this.#addItems(this.#popSome(1));
      case 0x65: // APPENDS
      case 0x90: // ADDITEMS
        return this.#addItems(this.#popMark());
      case 0x7d: // EMPTY_DICT
        return this.#pushContainer(new PickleDict());
      case 0x64: // DICT
        return this.#pushContainer(this.#filled(new PickleDict(), this.#popMark()));
      case 0x73: // SETITEM
        return this.#setItems(this.#popSome(2));
      case 0x75: // SETITEMS
        return this.#setItems(this.#popMark());
      case 0x52: // REDUCE
      case 0x81: // NEWOBJ
        return this.#pushObject(this.#popSome(2));
      case 0x92: // NEWOBJ_EX
        return this.#pushObject(this.#popSome(3));
      case 0x62: // BUILD
        return this.#build(this.#pop());
      default:
        return false;
    }
  }

  /** The stack, the memo, and what stands around a pickle. */
  #stackWork(opcode: number): boolean {
    const input = this.#input;
    switch (opcode) {
      case 0x28: // MARK
        if (this.#marks.length > MAX_STACK) this.#tooLarge();
        this.#marks.push(this.#stack.length);
        return true;
      case 0x30: // POP: of a mark, if it is on top
        if (this.#stack.length > this.#bottom()) this.#pop();
        else this.#popMark();
        return true;
      case 0x31: // POP_MARK
        this.#popMark();
        return true;
      case 0x32: // DUP
        return this.#push(this.#top());
      case 0x70: // PUT
        return this.#memoize(input.memoLine());
      case 0x71: // BINPUT
        return this.#memoize(input.uint8());
      case 0x72: // LONG_BINPUT
        return this.#memoize(input.uint32());
      case 0x94: // MEMOIZE
        return this.#memoize(this.#memoSize);
      case 0x67: // GET
        return this.#recall(input.memoLine());
      case 0x68: // BINGET
        return this.#recall(input.uint8());
      case 0x6a: // LONG_BINGET
        return this.#recall(input.uint32());
      case 0x80: // PROTO
        return this.#protocol(input.uint8());
      case 0x95: // FRAME
        input.take(8);
        return true;
      case 0x2e: // STOP
        this.#done = true;
        return true;
      default:
        return false;
    }
  }

  #protocol(version: number): true {
    if (version > LAST_PROTOCOL) this.#input.fail('bad-pickle', `protocol ${version} is not known`);
    return true;
  }

  #push(value: PickleValue): true {
    this.#stack.push(value);
    return true;
  }

  #pushContainer(value: PickleValue): true {
    this.#spend(CONTAINER_PLACES);
    return this.#push(value);
  }

  #pushObject([type, ...args]: PickleValue[]): true {
    return this.#pushContainer(new PickleObject(type!, args.length === 1 ? args[0]! : args));
  }

  /** Height of the stack at the last mark: nothing below it may be taken. */
  #bottom(): number {
    const { array, length } = this.#marks;
    return length === 0 ? 0 : array[length - 1]!;
  }

  #top(): PickleValue {
    if (this.#stack.length === this.#bottom()) this.#underflow();
    return this.#stack[this.#stack.length - 1]!;
  }

  #pop(): PickleValue {
    const value = this.#top();
    this.#stack.pop();
    return value;
  }

  #popSome(count: number): PickleValue[] {
    if (this.#stack.length - count < this.#bottom()) this.#underflow();
    this.#spend(count);
    return this.#stack.splice(this.#stack.length - count);
  }

  /** All values behind the last mark. */
  #popMark(): PickleValue[] {
    if (this.#marks.length === 0) this.#input.fail('bad-pickle', 'there is no mark on the stack');
    const items = this.#stack.splice(this.#bottom());
    this.#marks.length--;
    this.#spend(items.length);
    return items;
  }

  #addItems(items: PickleValue[]): true {
    let list = this.#top();
    if (list instanceof PickleObject) {
      list.list ??= [];
      list = list.list;
    }
    if (!Array.isArray(list)) this.#input.fail('bad-pickle', 'expected a list to add to');
    for (const item of items) list.push(item);
    return true;
  }

  #setItems(items: PickleValue[]): true {
    let dict = this.#top();
    if (dict instanceof PickleObject) {
      dict.items ??= new PickleDict();
      dict = dict.items;
    }
    if (!(dict instanceof PickleDict)) this.#input.fail('bad-pickle', 'expected a dictionary to put into');
    this.#filled(dict, items);
    return true;
  }

  #filled(dict: PickleDict, items: PickleValue[]): PickleDict {
    if (items.length % 2 !== 0) this.#input.fail('bad-pickle', 'a key without a value');
    for (let i = 0; i < items.length; i += 2) dict.set(items[i]!, items[i + 1]!);
    return dict;
  }

  #build(state: PickleValue): true {
    const object = this.#top();
    if (!(object instanceof PickleObject)) this.#input.fail('bad-pickle', 'expected an object to set up');
    object.state = state;
    return true;
  }

  #stackGlobal(): PickleGlobal {
    const [module, name] = this.#popSome(2);
    if (typeof module !== 'string' || typeof name !== 'string')
      this.#input.fail('bad-pickle', 'expected the name of a module, and one in it');
    return new PickleGlobal(module, name);
  }

  #memoize(index: number): true {
    const memo = this.#memo;
    const { bytes } = this.#input;
    // Picklers count their memos, and each takes some bytes.
    if (index > bytes.length) this.#input.fail('bad-pickle', `memo ${index} of ${bytes.length} bytes`);
    this.#spend(MEMO_PLACES);
    if (index >= memo.length || memo[index] === undefined) this.#memoSize++;
    if (index === memo.length) memo.push(this.#top());
    else memo[index] = this.#top();
    return true;
  }

  #recall(index: number): true {
    const value = this.#memo[index];
    if (value === undefined) this.#input.fail('bad-pickle', `memo ${index} is used before it is set`);
    return this.#push(value);
  }

  #spend(places: number): void {
    this.#places += places;
    if (this.#places > MAX_PLACES) this.#tooLarge();
  }

  #tooLarge(): never {
    this.#input.fail('too-large', 'more values than any profile holds');
  }

  #underflow(): never {
    this.#input.fail('bad-pickle', 'a value is taken from an empty stack');
  }
}
