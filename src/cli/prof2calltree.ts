/** `prof2calltree`: any profile to KCachegrind, with the options of pyprof2calltree. */
import './working-directory.ts';
import { type ChildProcess, type StdioOptions, spawn } from 'node:child_process';
import { once } from 'node:events';
import { accessSync, constants, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, delimiter, extname, join } from 'node:path';
import { getSystemErrorMap } from 'node:util';
import yargs from 'yargs';
import { builtin } from '../builtin.ts';
import { ProfileError } from '../diagnostics.ts';
import { VERSION } from '../version.ts';
import { allFlags } from './command-line.ts';
import { convert } from './convert.ts';
import { openOutput, STDIO, STOPS, statOf } from './files.ts';
import { exitStatus } from './main.ts';
import { say } from './terminal.ts';

const HELP = `prof2calltree -i FILE [-o OUTPUT] [-k]       convert a profile for KCachegrind
prof2calltree [-o OUTPUT] [-k] -r SCRIPT [ARGS...]  run a script and convert its profile

  -i, --infile FILE        the profile, in any format that prof2dot reads; - is standard input
                           (repeatable: several are added up)
  -o, --outfile OUTPUT     where to write [the name of FILE or SCRIPT and .log]; - is standard output
  -k, --kcachegrind        open the result in KCachegrind or QCachegrind; written only if there is a -o
  -r, --run-script SCRIPT  run it under Python's cProfile first, or node --cpu-prof if it is JavaScript;
                           all that follows are arguments of the script
  -s, --scale UNIT         unit of times: ns, us, ms, s, auto [ns]
  -f, --format FORMAT      read the input as this format [recognised by content]
  -q, --quiet              say nothing but errors
  -h, --help               show this help
  -V, --version            show the version

More formats and options: prof2dot --help
`;

const VIEWERS = ['kcachegrind', 'qcachegrind'];
/** What -s stands for. */
const SCALE_FLAG = 'callgrind.unit';
const PYTHONS = ['python3', 'python'];
const JAVASCRIPT = new Set(['.js', '.mjs', '.cjs', '.ts', '.mts', '.cts']);

interface Options {
  infile: string[];
  outfile: string | undefined;
  kcachegrind: boolean;
  scale: string | undefined;
  format: string | undefined;
  quiet: boolean;
  script: string[] | undefined;
}

/** Runs the command; returns the exit status: 0, 1 for bad input or a program that failed, 2 for bad usage. */
export function prof2calltree(argv: string[]): Promise<number> {
  return exitStatus(() => run(argv));
}

async function run(argv: string[]): Promise<number> {
  const [words, script] = parts(argv);
  if (words.some((word) => word === '-h' || word === '--help')) return print(HELP);
  if (words.some((word) => word === '-V' || word === '--version')) return print(`prof2calltree ${VERSION}\n`);
  const options = parse(words, script);
  checkScale(options.scale);
  // Where nothing is left behind, no room is needed for it.
  if (!options.script && (options.outfile !== undefined || !options.kcachegrind))
    return inDirectory(options, '');
  const directory = newDirectory();
  const remove = () => rmSync(directory, { recursive: true, force: true });
  process.on('exit', remove);
  for (const signal of STOPS) process.on(signal, stopped);
  try {
    return await inDirectory(options, directory);
  } finally {
    for (const signal of STOPS) process.off(signal, stopped);
    process.off('exit', remove);
    remove();
  }
}

/** The program that runs for us. */
let running: ChildProcess | undefined;

/** Passes the signal on to what runs, after which we go on to our own end. */
function stopped(signal: NodeJS.Signals, number: number): void {
  if (!running) process.exit(128 + number);
  // A terminal gives SIGINT to all of its programs itself.
  if (signal !== 'SIGINT') running.kill(signal);
}

function newDirectory(): string {
  try {
    return mkdtempSync(join(tmpdir(), 'prof2calltree-'));
  } catch (error) {
    const message = `no directory can be made in ${tmpdir()}: ${messageOf(error)}`;
    throw new ProfileError({ code: 'output/unwritable', message });
  }
}

/** `directory` holds what is not to stay; '' = there is no such thing. */
async function inDirectory(options: Options, directory: string): Promise<number> {
  const { script, kcachegrind, quiet } = options;
  const viewer = kcachegrind ? program(VIEWERS, 'there is no KCachegrind to be opened') : undefined;
  let inputs = options.infile;
  let status = 0;
  if (script) {
    const profiles = join(directory, 'profiles');
    status = await profiled(script, profiles);
    inputs = [profiles];
  }
  const name = basename(script?.[0] ?? inputs[0]!).replace(/^-$/, 'stdin');
  const output = options.outfile ?? (viewer ? join(directory, `callgrind.out.${name}`) : `${name}.log`);
  const args = {
    to: 'callgrind',
    output,
    format: options.format,
    quiet,
    [SCALE_FLAG]: options.scale,
  };
  await convert(builtin, inputs, args, allFlags(builtin));
  const isKept = directory === '' || !output.startsWith(directory);
  if (!quiet && isKept && output !== STDIO) say(`written: ${output}\n`);
  if (viewer) await view(viewer, output);
  return status === 0 ? 0 : 1;
}

/** Opens a file in a viewer and waits until it is closed. Throws `ProfileError` if the viewer fails. */
async function view(viewer: string, path: string): Promise<void> {
  const ended = await started(viewer, [path], ['ignore', 'ignore', 'inherit']);
  if (ended.status === 0) return;
  throw new ProfileError({ code: 'output/viewer-failed', message: `${viewer} ${howEnded(ended)}` });
}

/** How a program ended: one of them is null. */
interface Ended {
  status: number | null;
  signal: NodeJS.Signals | null;
}

/** Runs a program to its end. Throws `ProfileError` if it cannot be started. */
async function started(command: string, args: string[], stdio: StdioOptions): Promise<Ended> {
  running = spawn(command, args, { stdio });
  try {
    const [status, signal] = (await once(running, 'exit')) as [Ended['status'], Ended['signal']];
    return { status, signal };
  } catch (error) {
    const message = `${command} cannot be started: ${messageOf(error)}`;
    throw new ProfileError({ code: 'input/no-program', message });
  } finally {
    running = undefined;
  }
}

/** What the system says. */
function messageOf(error: unknown): string {
  const { errno, message } = error as NodeJS.ErrnoException;
  return getSystemErrorMap().get(errno ?? 0)?.[1] ?? message;
}

function howEnded({ status, signal }: Ended): string {
  return `ended with ${signal ?? `status ${status}`}`;
}

/**
 * Runs a script so that its profiles come to lie in a new directory; returns its exit status. Throws `ProfileError`
 * if there are none.
 */
async function profiled([script, ...args]: string[], profiles: string): Promise<number> {
  const isJavaScript = JAVASCRIPT.has(extname(script!));
  const [command, ...options] = isJavaScript
    ? [process.execPath, '--cpu-prof', `--cpu-prof-dir=${profiles}`]
    : [program(PYTHONS, 'there is no Python to run the script'), '-m', 'cProfile', '-o', profiles];
  const ended = await started(command!, [...options, script!, ...args], 'inherit');
  if (!hasProfile(profiles)) {
    throw new ProfileError({
      code: 'input/no-profile',
      message: `${script} ${howEnded(ended)} and left no profile`,
    });
  }
  if (ended.status !== 0) say(`${script} ${howEnded(ended)}\n`);
  return ended.status ?? 1;
}

function hasProfile(path: string): boolean {
  const stat = statOf(path);
  if (stat?.isDirectory()) return readdirSync(path).some((name) => hasProfile(join(path, name)));
  return stat !== undefined && stat.size > 0;
}

/** Our own words, and the script with its: what follows -r is that's, whatever it looks like. */
function parts(argv: string[]): [words: string[], script: string[] | undefined] {
  for (const [at, word] of argv.entries()) {
    const found = /^(?:-([kq]*)r|--run-script(?:=(.*))?)$/s.exec(word);
    if (!found) continue;
    const [, cluster = '', value] = found;
    const own = argv.slice(0, at).concat(cluster === '' ? [] : `-${cluster}`);
    return [own, (value === undefined ? [] : [value]).concat(argv.slice(at + 1))];
  }
  return [argv, undefined];
}

/** A value may stand right behind -i, -o, -s and -f. */
function unglued(word: string): string[] {
  return /^-[iosf][^=]/.test(word) ? [word.slice(0, 2), word.slice(2)] : [word];
}

function parse(words: string[], script: string[] | undefined): Options {
  if (script?.length === 0) throw usageError('-r: which script?');
  const args = yargs()
    .help(false)
    .version(false)
    .exitProcess(false)
    .parserConfiguration({ 'camel-case-expansion': false, 'parse-numbers': false, 'greedy-arrays': false })
    .options({
      // No array: that would take a lone - for the next flag.
      infile: { alias: 'i', type: 'string', requiresArg: true },
      outfile: { alias: 'o', type: 'string', requiresArg: true },
      kcachegrind: { alias: 'k', boolean: true },
      scale: { alias: 's', type: 'string', requiresArg: true },
      format: { alias: 'f', type: 'string', requiresArg: true },
      quiet: { alias: 'q', boolean: true },
    })
    .strictOptions()
    .fail((message, error) => {
      throw usageError(message ?? String(error));
    })
    .parseSync(words.flatMap(unglued));
  const infile = [args.infile ?? [], args._.map(String)].flat();
  if (infile.length === 0 && !script) throw usageError('nothing to convert: give -i FILE or -r SCRIPT');
  if (infile.length > 0 && script) throw usageError('either -i FILE or -r SCRIPT');
  const { kcachegrind = false, quiet = false } = args;
  const [outfile, scale, format] = [last(args.outfile), last(args.scale), last(args.format)];
  if (kcachegrind && outfile === STDIO) throw usageError('-k opens a file, and -o - writes none');
  return { infile, outfile, kcachegrind, scale, format, quiet, script };
}

/** Before the format does it in terms of its own flag. */
function checkScale(scale: string | undefined): void {
  const { choices = [] } = allFlags(builtin).find(({ name }) => name === SCALE_FLAG)!;
  if (scale !== undefined && !choices.includes(scale))
    throw usageError(`-s: ${scale} is not one of ${choices.join(', ')}`);
}

/** Of a flag that is given again and again the last one counts. */
function last(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value[value.length - 1] : value;
}

/** The first of the programs that is on the path. */
function program(names: string[], missing: string): string {
  const suffix = process.platform === 'win32' ? '.exe' : '';
  for (const name of names) {
    for (const directory of (process.env['PATH'] ?? '').split(delimiter)) {
      const path = join(directory, name + suffix);
      try {
        accessSync(path, constants.X_OK);
        return path;
      } catch {
        // Look further.
      }
    }
  }
  throw new ProfileError({
    code: 'input/no-program',
    message: missing,
    hint: `one of these must be on the path: ${names.join(', ')}`,
  });
}

function usageError(message: string): ProfileError {
  return new ProfileError({
    code: 'usage/bad-arguments',
    message: message.replace(/\s*\n\s*/g, ' ').trim(),
    hint: 'prof2calltree --help shows the options',
  });
}

function print(text: string): number {
  openOutput(STDIO).write(new TextEncoder().encode(text));
  return 0;
}
