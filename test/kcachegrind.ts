/**
 * The real KCachegrind on a screen of its own. Its window is read the way a screen reader does it (AT-SPI, over
 * D-Bus), so that tests compare its words and numbers, not pictures.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Bus, type Value } from './dbus.ts';

/** What must be installed. */
export const PROGRAMS = ['kcachegrind', 'Xvfb', 'dbus-daemon'];

/** Milliseconds that it may take to start, or to show something. */
const PATIENCE = 20_000;
/** Costs as numbers, not as percentages; all functions, and those of a cycle as they are. */
const SETTINGS = `[GeneralSettings]
ShowPercentage=false
ShowCycles=false
MaxListCount=1000
[TipOfDay]
RunOnStart=false
`;
/** A bus that starts nothing of the desktop by itself. */
const busConfig = (socket: string): string => `<busconfig>
<type>session</type><listen>unix:path=${socket}</listen>
<policy context="default"><allow send_destination="*"/><allow receive_sender="*"/><allow own="*"/></policy>
</busconfig>`;

/** Rows by the titles of their columns. */
export type Table = Record<string, string>[];

export class KCachegrind {
  /** What it says of files while it reads them. */
  complaints = '';
  readonly #directory = mkdtempSync(join(tmpdir(), 'prof2dot-kcachegrind-'));
  readonly #processes: ChildProcess[] = [];
  #bus: Bus | undefined;
  /** Names on the bus: of the program, and of its door for screen readers. */
  #program = '';
  #reader = '';
  #windows = 0;
  #title = '';

  static async open(): Promise<KCachegrind> {
    const viewer = new KCachegrind();
    try {
      await viewer.#start();
    } catch (error) {
      viewer.close();
      throw error;
    }
    return viewer;
  }

  close(): void {
    this.#bus?.close();
    for (const child of this.#processes.reverse()) child.kill();
    rmSync(this.#directory, { recursive: true, maxRetries: 5 });
  }

  /** Opens a file in a window of its own, which is then the one that is read. */
  async load(path: string): Promise<void> {
    await this.#ask('org.kde.kcachegrind.load', path);
    this.#windows++;
    this.#title = path;
  }

  /** Goes to the function with this name. */
  async select(name: string): Promise<void> {
    await until(name, async () => (await this.#ask('org.kde.kcachegrind.setFunction', name))[0] === 1);
  }

  /** Brings a tab to the front. */
  async press(tab: string): Promise<void> {
    const path = await this.#find(
      async (path, role) => role === 'page tab' && (await this.#name(path)) === tab,
    );
    await this.#read(path, 'Action.DoAction', 'i', 0);
  }

  /** The table that has these columns. */
  async table(...columns: string[]): Promise<Table> {
    let titles: string[] = [];
    const path = await this.#find(async (path, role) => {
      if (role !== 'tree') return false;
      titles = [];
      for (const child of await this.#children(path)) {
        if ((await this.#role(child)) !== 'column header') break;
        titles.push(await this.#name(child));
      }
      return columns.every((column) => titles.includes(column));
    });
    const rows: Table = [];
    const cells = (await this.#children(path)).slice(titles.length);
    for (const [i, cell] of cells.entries()) {
      const column = i % titles.length;
      if (column === 0) rows.push({});
      rows.at(-1)![titles[column]!] = (await this.#name(cell)).trim();
    }
    return rows;
  }

  async #start(): Promise<void> {
    const socket = join(this.#directory, 'bus');
    const address = `unix:path=${socket}`;
    writeFileSync(join(this.#directory, 'bus.conf'), busConfig(socket));
    await this.#run('dbus-daemon', ['--nofork', '--config-file=bus.conf']);
    const serve = (member: string, sender: string) => {
      if (member === 'Embed') this.#reader = sender;
      return member === 'GetAddress' ? address : undefined;
    };
    // The socket is there before somebody listens.
    this.#bus = await eventually(() => Bus.connect(socket, serve));

    // It takes a number that is free, and writes it to file 3.
    const screen = await this.#run('Xvfb', [
      '-displayfd',
      '3',
      '-screen',
      '0',
      '1600x1000x24',
      '-nolisten',
      'tcp',
    ]);
    let display = '';
    screen.stdio[3]!.on('data', (data) => {
      display += data;
    });
    await until('Xvfb', () => display.includes('\n'));

    mkdirSync(join(this.#directory, '.config'));
    writeFileSync(join(this.#directory, '.config/kcachegrindrc'), SETTINGS);
    const viewer = await this.#run('kcachegrind', [], {
      PATH: process.env['PATH'],
      LC_ALL: 'C.UTF-8',
      HOME: this.#directory,
      XDG_RUNTIME_DIR: this.#directory,
      DISPLAY: `:${display.trim()}`,
      DBUS_SESSION_BUS_ADDRESS: address,
      QT_QPA_PLATFORM: 'xcb',
      QT_LINUX_ACCESSIBILITY_ALWAYS_ON: '1',
    });
    viewer.stdio[2]!.on('data', (data) => {
      this.complaints += data;
    });
    this.#program = `org.kde.kcachegrind-${viewer.pid}`;
    await until('KCachegrind', () => this.#ask('org.kde.KMainWindow.winId').then(Boolean, () => false));
    // Only now: Qt fails to connect when it is offered a bus for screen readers while the program starts.
    for (const name of ['org.a11y.atspi.Registry', 'org.a11y.Bus']) await this.#bus.own(name);
    await until('AT-SPI', () => this.#reader !== '');
  }

  async #run(command: string, args: string[], env: NodeJS.ProcessEnv = process.env): Promise<ChildProcess> {
    const child = spawn(command, args, {
      cwd: this.#directory,
      env,
      stdio: ['ignore', 'ignore', 'pipe', 'pipe'],
    });
    await once(child, 'spawn');
    this.#processes.push(child);
    child.stdio[2]!.resume();
    return child;
  }

  #ask(method: string, ...strings: string[]): Promise<Value[]> {
    const signature = 's'.repeat(strings.length);
    const window = `/kcachegrind/MainWindow_${Math.max(1, this.#windows)}`;
    return this.#bus!.call(this.#program, window, method, signature, ...strings);
  }

  #read(path: string, method: string, signature = '', ...values: Value[]): Promise<Value[]> {
    return this.#bus!.call(this.#reader, path, `org.a11y.atspi.${method}`, signature, ...values);
  }

  async #role(path: string): Promise<string> {
    return (await this.#read(path, 'Accessible.GetRoleName'))[0] as string;
  }

  async #name(path: string): Promise<string> {
    const property = ['org.a11y.atspi.Accessible', 'Name'];
    const get = 'org.freedesktop.DBus.Properties.Get';
    return (await this.#bus!.call(this.#reader, path, get, 'ss', ...property))[0] as string;
  }

  async #children(path: string): Promise<string[]> {
    const [children] = (await this.#read(path, 'Accessible.GetChildren')) as [[string, string][]];
    return children.map(([, child]) => child).filter((child) => !child.endsWith('/null'));
  }

  /** The first part of the window that is the one sought; tables and menus are not looked into. */
  async #find(isSought: (path: string, role: string) => Promise<boolean>): Promise<string> {
    const paths: string[] = [];
    for (const window of await this.#children('/org/a11y/atspi/accessible/root'))
      if ((await this.#name(window)).startsWith(this.#title)) paths.push(window);
    for (const path of paths) {
      const role = await this.#role(path);
      if (await isSought(path, role)) return path;
      if (!/^(tree|list|menu bar|tool bar)$/.test(role)) paths.push(...(await this.#children(path)));
    }
    throw new Error(`the window of ${this.#title} has no such part`);
  }
}

async function until(what: string, isDone: () => boolean | Promise<boolean>): Promise<void> {
  for (const start = Date.now(); !(await isDone()); await sleep(10))
    if (Date.now() - start > PATIENCE) throw new Error(`waited in vain for ${what}`);
}

/** Waits until this passes, since a window changes in its own time; fails as it fails last. */
export async function eventually<T>(check: () => Promise<T>): Promise<T> {
  for (const start = Date.now(); ; await sleep(50)) {
    try {
      return await check();
    } catch (error) {
      if (Date.now() - start > PATIENCE / 2) throw error;
    }
  }
}
