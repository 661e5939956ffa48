/**
 * Of which function, file and object the next costs are, and which function is called.
 *
 * Where the readers of the format disagree, this one does what loses least: a function's file is the last `fl=`
 * (not `fi=`), `cfi=` and `cob=` count wherever they stand before `calls=`, and a `cfn=(id)` without them is the
 * function that the id stood for last.
 *
 * Callgrind itself takes the place of the last self cost for the place it last spoke of: what it leaves out
 * behind a call (a `fe=`, a `cfi=`) refers to that, while KCachegrind's `cfi=` refers to the last `fi=`.
 */
import type { Functions, Identity } from './functions.ts';
import type { NameReader } from './name-reader.ts';
import { IdTable } from './names.ts';

export class Position {
  /** File of the next costs: the last `fl=`, `fi=` or `fe=`. */
  file = 0;
  /** True if a called function without a file is the last one of that name: so Xdebug up to 2.1.0 means it. */
  calleesByName = false;
  /** True if what is left out refers to the last self cost: so callgrind means it. */
  afterSelfCosts = false;
  readonly #functions: Functions;
  readonly #names: NameReader;
  /** Functions are told apart by file and object, not by name alone as in gprof2dot. */
  readonly #full: boolean;
  /** Function that an id, or a name, stood for last. */
  readonly #byId = new IdTable();
  readonly #byName = new IdTable();
  #object = 0;
  /** The last `fl=`. */
  #functionFile = 0;
  /** File of the last self cost, or of the function before there is one. */
  #selfFile = 0;
  /** The file was good for a call only: self costs are in `selfFile`. */
  #passed = false;
  /** The last `fn=`: its name (-1 = none), id, file and object; and its function once it is needed. */
  #name = -1;
  #id = -1;
  #nameFile = 0;
  #nameObject = 0;
  #function = -1;
  /** The last `cfn=`, `cfi=` and `cob=` (-1 = none), and the function they mean once it is needed. */
  #calleeName = -1;
  #calleeId = -1;
  #calleeFile = -1;
  #calleeObject = -1;
  #callee = -1;

  constructor(functions: Functions, names: NameReader, identity: Identity) {
    this.#functions = functions;
    this.#names = names;
    this.#full = identity === 'full';
  }

  setObject(object: number): void {
    this.#object = object;
  }

  setFile(file: number, ofFunction: boolean): void {
    if (ofFunction) {
      this.#functionFile = file;
      this.#selfFile = file;
    }
    this.file = file;
    this.#passed = false;
  }

  /** `id` is that of the name, or -1; a redefined one stands for no function yet. */
  setFunction(name: number, id: number, redefined: boolean): void {
    if (redefined) this.#byId.set(id, -1);
    this.#name = name;
    this.#id = id;
    this.file = this.#functionFile;
    this.#selfFile = this.#functionFile;
    this.#passed = false;
    this.#nameFile = this.#functionFile;
    this.#nameObject = this.#object;
    this.#function = -1;
  }

  setCallee(name: number, id: number, redefined: boolean): void {
    if (redefined) this.#byId.set(id, -1);
    this.#calleeName = name;
    this.#calleeId = id;
    this.#callee = -1;
  }

  setCalleeFile(file: number): void {
    this.#calleeFile = file;
    this.#callee = -1;
  }

  setCalleeObject(object: number): void {
    this.#calleeObject = object;
    this.#callee = -1;
  }

  /** The function whose costs are read, or -1 until it was asked for with `enter`. */
  get function(): number {
    return this.#function;
  }

  /** The function whose costs are read; one called (unknown) if `hasFunction` is false. */
  enter(): number {
    if (this.#function >= 0) return this.#function;
    if (this.#name < 0) {
      this.#name = this.#names.unknown();
      this.#nameFile = this.file;
      this.#nameObject = this.#object;
    }
    this.#function = this.#functions.find(this.#name, this.#nameFile, this.#nameObject);
    this.#byName.set(this.#name, this.#function);
    if (this.#id >= 0) this.#byId.set(this.#id, this.#function);
    return this.#function;
  }

  /** Whether there was a `fn=`, or a `cfn=`, in this part. */
  get hasFunction(): boolean {
    return this.#name >= 0;
  }

  get hasCallee(): boolean {
    return this.#calleeName >= 0;
  }

  /** The function that is called; one called (unknown) if `hasCallee` is false. */
  callee(): number {
    if (this.#callee >= 0) return this.#callee;
    if (this.#calleeName < 0) this.#calleeName = this.#names.unknown();
    const id = this.#calleeId;
    let callee = id >= 0 ? this.#byId.get(id) : -1;
    if (this.#calleeFile < 0 && this.#calleeObject < 0) {
      if (id < 0 && this.calleesByName) callee = this.#byName.get(this.#calleeName);
    } else if (callee >= 0 && !this.#isAt(callee)) {
      callee = -1;
    }
    if (callee < 0) {
      callee = this.#functions.find(this.#calleeName, this.#nearFile(), this.#nearObject());
      if (id >= 0) this.#byId.set(id, callee);
    }
    this.#callee = callee;
    return callee;
  }

  /** File of the callee. */
  #nearFile(): number {
    if (this.#calleeFile >= 0) return this.#calleeFile;
    return this.afterSelfCosts ? this.#selfFile : this.file;
  }

  /** Object of the callee; gprof2dot knows no default. */
  #nearObject(): number {
    if (this.#calleeObject >= 0) return this.#calleeObject;
    return this.#full ? this.#object : 0;
  }

  /** Whether the function is where the callee is. Its name is that of the callee's id. */
  #isAt(func: number): boolean {
    return this.#functions.isAt(func, this.#nearFile(), this.#nearObject());
  }

  /** To be called before a self cost; true if that puts it into another file. */
  selfCost(): boolean {
    const back = this.#passed;
    if (back) this.file = this.#selfFile;
    this.#passed = false;
    this.#selfFile = this.file;
    this.#calleeFile = -1;
    // In gprof2dot `cob=` lives on until the next self cost.
    this.#calleeObject = this.#full ? -1 : this.#object;
    return back;
  }

  /** To be called behind the costs of a call: its `cfi=` and `cob=` no longer count. */
  callCost(): void {
    this.#passed = this.afterSelfCosts && this.file !== this.#selfFile;
    this.#calleeFile = -1;
    if (this.#full) this.#calleeObject = -1;
  }

  /** A new part begins: ids stay. */
  reset(): void {
    this.#object = 0;
    this.#functionFile = 0;
    this.file = 0;
    this.#selfFile = 0;
    this.#passed = false;
    this.#name = -1;
    this.#id = -1;
    this.#function = -1;
    this.#calleeName = -1;
    this.#calleeId = -1;
    this.#calleeFile = -1;
    this.#calleeObject = -1;
    this.#callee = -1;
  }
}
