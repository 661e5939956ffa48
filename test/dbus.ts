/** A connection to a D-Bus daemon: as much of the protocol as it takes to read a window. */
import { createConnection, type Socket } from 'node:net';

/** Strings, object paths, numbers; booleans are 0 and 1, structures and arrays are lists, variants what they hold. */
export type Value = string | number | Value[];

/** Answers a call that came to us with a string; undefined = there is no such method. */
export type Serve = (member: string, sender: string) => string | undefined;

const LITTLE_ENDIAN = 0x6c;
const VERSION = 1;
const CALL = 1;
const REPLY = 2;
const FAILURE = 3;
/** Fields of a header: code and type. */
const FIELDS = {
  path: [1, 'o'],
  interface: [2, 's'],
  member: [3, 's'],
  error: [4, 's'],
  replyTo: [5, 'u'],
  destination: [6, 's'],
  sender: [7, 's'],
  signature: [8, 'g'],
} as const;
type Fields = { -readonly [name in keyof typeof FIELDS]?: string | number };

export class Bus {
  readonly #socket: Socket;
  readonly #serve: Serve;
  readonly #waiting = new Map<number, { resolve(body: Value[]): void; reject(error: Error): void }>();
  #received: Buffer = Buffer.alloc(0);
  #serial = 0;

  private constructor(socket: Socket, serve: Serve) {
    this.#socket = socket;
    this.#serve = serve;
  }

  /** Connects to the daemon that listens at this path. */
  static async connect(path: string, serve: Serve): Promise<Bus> {
    const socket = createConnection(path);
    const uid = Buffer.from(String(process.getuid!())).toString('hex');
    socket.write(`\0AUTH EXTERNAL ${uid}\r\n`);
    const answer = await new Promise<string>((resolve, reject) => {
      socket.once('data', (data) => resolve(data.toString())).once('error', reject);
    });
    if (!answer.startsWith('OK ')) throw new Error(`D-Bus says ${answer}`);
    socket.write('BEGIN\r\n');
    const bus = new Bus(socket, serve);
    socket.on('data', (data) => bus.#take(data));
    socket.on('close', () => bus.#lose());
    await bus.#daemon('Hello');
    return bus;
  }

  /** Calls `method`, which is its interface and its name, of the object at `path`. */
  call(destination: string, path: string, method: string, types = '', ...body: Value[]): Promise<Value[]> {
    const dot = method.lastIndexOf('.');
    const fields = { path, destination, interface: method.slice(0, dot), member: method.slice(dot + 1) };
    const serial = this.#send(CALL, fields, types, body);
    return new Promise((resolve, reject) => this.#waiting.set(serial, { resolve, reject }));
  }

  /** Takes a name, under which calls will come. */
  async own(name: string): Promise<void> {
    await this.#daemon('RequestName', 'su', name, 0);
  }

  close(): void {
    this.#socket.destroy();
  }

  #daemon(member: string, types = '', ...body: Value[]): Promise<Value[]> {
    return this.call('org.freedesktop.DBus', '/', `org.freedesktop.DBus.${member}`, types, ...body);
  }

  #lose(): void {
    for (const { reject } of this.#waiting.values()) reject(new Error('the D-Bus connection is closed'));
  }

  #send(type: number, fields: Fields, types: string, body: Value[]): number {
    const content = new Writer();
    for (const [i, value] of body.entries()) content.value(types[i]!, value);
    const header = new Writer();
    for (const [name, value] of Object.entries({ ...fields, signature: types })) {
      const [code, type] = FIELDS[name as keyof Fields];
      header.align(8);
      header.bytes.push(code);
      header.value('g', type);
      header.value(type, value);
    }
    const start = new Writer();
    start.bytes.push(LITTLE_ENDIAN, type, 0, VERSION);
    const serial = ++this.#serial;
    for (const word of [content.bytes.length, serial, header.bytes.length]) start.value('u', word);
    header.align(8);
    this.#socket.write(Uint8Array.from([...start.bytes, ...header.bytes, ...content.bytes]));
    return serial;
  }

  #take(data: Buffer): void {
    this.#received = Buffer.concat([this.#received, data]);
    for (;;) {
      const bytes = this.#received;
      if (bytes.length < 16) return;
      const start = 16 + Math.ceil(bytes.readUInt32LE(12) / 8) * 8;
      const length = start + bytes.readUInt32LE(4);
      if (bytes.length < length) return;
      this.#received = bytes.subarray(length);
      const codes = new Map(new Reader(bytes, 12).value('a(yv)') as [number, string | number][]);
      const fields: Fields = {};
      for (const [name, [code]] of Object.entries(FIELDS)) fields[name as keyof Fields] = codes.get(code)!;
      const body = new Reader(bytes.subarray(start, length), 0).values(String(fields.signature ?? ''));
      this.#handle(bytes[1]!, bytes.readUInt32LE(8), fields, body);
    }
  }

  #handle(type: number, serial: number, { member, sender, replyTo }: Fields, body: Value[]): void {
    if (type === CALL) {
      const answer = this.#serve(String(member), String(sender));
      const fields = { replyTo: serial, destination: sender! };
      if (answer !== undefined) this.#send(REPLY, fields, 's', [answer]);
      else this.#send(FAILURE, { ...fields, error: 'there.is.None' }, '', []);
      return;
    }
    const waiting = this.#waiting.get(Number(replyTo));
    this.#waiting.delete(Number(replyTo));
    if (type === REPLY) waiting?.resolve(body);
    if (type === FAILURE) waiting?.reject(new Error(String(body[0])));
  }
}

/** Writes values of simple types. */
class Writer {
  readonly bytes: number[] = [];

  align(to: number): void {
    while (this.bytes.length % to !== 0) this.bytes.push(0);
  }

  value(type: string, value: Value): void {
    if (type === 'u' || type === 'i') {
      this.align(4);
      this.bytes.push(...new Uint8Array(Uint32Array.of(Number(value)).buffer));
    } else {
      const text = Buffer.from(String(value));
      if (type === 'g') this.bytes.push(text.length);
      else this.value('u', text.length);
      this.bytes.push(...text, 0);
    }
  }
}

class Reader {
  readonly #bytes: Buffer;
  #at: number;

  constructor(bytes: Buffer, at: number) {
    this.#bytes = bytes;
    this.#at = at;
  }

  values(types: string): Value[] {
    const values: Value[] = [];
    for (let at = 0; at < types.length; ) {
      const type = firstType(types, at);
      values.push(this.value(type));
      at += type.length;
    }
    return values;
  }

  value(type: string): Value {
    switch (type[0]) {
      case 'y':
        return this.#bytes[this.#at++]!;
      case 'b':
      case 'u':
      case 'i':
      case 'x':
        return this.#number(type === 'x' ? 8 : 4);
      case 's':
      case 'o':
        return this.#text(this.#number(4));
      case 'g':
        return this.#text(this.#bytes[this.#at++]!);
      case 'v':
        return this.value(this.value('g') as string);
      case 'a':
        return this.#array(type.slice(1));
      case '(':
        this.#align(8);
        return this.values(type.slice(1, -1));
      default:
        throw new Error(`cannot read a D-Bus value of type ${type}`);
    }
  }

  #array(type: string): Value[] {
    const length = this.#number(4);
    this.#align(type[0] === '(' ? 8 : 1);
    const values: Value[] = [];
    for (const end = this.#at + length; this.#at < end; ) values.push(this.value(type));
    return values;
  }

  #align(to: number): void {
    this.#at = Math.ceil(this.#at / to) * to;
  }

  #number(size: 4 | 8): number {
    this.#align(size);
    this.#at += size;
    return this.#bytes.readUInt32LE(this.#at - size);
  }

  #text(length: number): string {
    this.#at += length + 1;
    return this.#bytes.toString('utf8', this.#at - length - 1, this.#at - 1);
  }
}

/** The whole type that starts there: `a(so)` of `a(so)s`. */
function firstType(types: string, at: number): string {
  let end = at;
  while (types[end] === 'a') end++;
  for (let depth = 0; ; end++) {
    if (types[end] === '(') depth++;
    if (types[end] === ')') depth--;
    if (depth === 0) return types.slice(at, end + 1);
  }
}
