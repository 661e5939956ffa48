/** What the real KCachegrind shows of the callgrind files we write. */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { secondsPerUnit } from '../src/metrics.ts';
import type { Profile } from '../src/profile.ts';
import { coarsen } from '../src/transforms/coarsen.ts';
import { eventually, KCachegrind, PROGRAMS } from './kcachegrind.ts';
import { convert, needs, readProfile, root } from './support.ts';

const INPUTS = [
  'cpuprofile/node-main/input.cpuprofile',
  'cpuprofile/recursion/input.cpuprofile',
  'folded/python/input.folded',
  'pprof/go-cpu/input.pb.gz',
];
const MAIN = join(root, 'fixtures/cpuprofile/node-main');

/** `name self total` of each function by the first metric, times in nanoseconds. */
function figuresOf(profile: Profile): string[] {
  const { nodes, frames, functions, metrics } = coarsen(profile, { by: 'function' });
  const scale = Math.round((secondsPerUnit(metrics[0]!) ?? 1e-9) * 1e9);
  const figures: string[] = [];
  for (let n = 0; n < nodes.length; n++) {
    const [self, total] = [nodes.self[0]![n]!, nodes.total[0]![n]!].map((value) => Number(value) * scale);
    figures.push(`${functions.name[frames.func[nodes.frame[n]!]!]} ${self} ${total}`);
  }
  return figures.sort();
}

const digits = (shown: string): string => shown.replaceAll(' ', '');

describe('KCachegrind', { skip: needs(...PROGRAMS), timeout: 60_000 }, () => {
  const directory = mkdtempSync(join(tmpdir(), 'prof2dot-'));
  let viewer: KCachegrind;
  let files = 0;

  before(async () => {
    viewer = await KCachegrind.open();
  });
  after(() => {
    viewer?.close();
    rmSync(directory, { recursive: true });
  });

  async function show(callgrind: string): Promise<void> {
    const path = join(directory, `callgrind.out.${++files}.`);
    writeFileSync(path, callgrind);
    await viewer.load(path);
  }

  /** What the list of functions shows; the place that is added to names that are not unique is taken off again. */
  async function list(): Promise<string[]> {
    return (await viewer.table('Incl.', 'Self', 'Function', 'Location'))
      .map(
        (row) =>
          `${row['Function']!.replace(/ \S+:\d+:\d+$/, '')} ${digits(row['Self']!)} ${digits(row['Incl.']!)}`,
      )
      .filter((figures) => !figures.startsWith('(root) '))
      .sort();
  }

  for (const input of INPUTS) {
    test(`shows the self and total of each function of ${input}`, async () => {
      const profile = await readProfile(`fixtures/${input}`);
      await show((await convert(profile, 'callgrind')).toString());
      await eventually(async () => assert.deepEqual(await list(), figuresOf(profile)));
    });
  }

  test('shows the source with what each line took, and its calls', async () => {
    const notes = readFileSync(join(MAIN, 'notes.mjs'), 'utf8');
    writeFileSync(join(directory, 'notes.mjs'), notes);
    const input = readFileSync(join(MAIN, 'input.cpuprofile'), 'utf8');
    const moved = Buffer.from(input.replaceAll('/home/user/notes/', `${directory}/`));
    await show((await convert(moved, 'callgrind')).toString());
    await viewer.select('compare');
    await viewer.press('Source Code');
    const line = (number: number) => notes.split('\n')[number - 1]!.trim();
    await eventually(async () => {
      const rows = await viewer.table('#', 'time', 'Source');
      const costly = rows.filter((row) => row['time'] !== '');
      assert.deepEqual(
        costly.map((row) => [row['#'], digits(row['time']!), row['Source']]),
        [
          ['11', '13186000', line(11)],
          ['15', '105486000', line(15)],
          ['', '493440000', "1 call to 'get key' (app: notes.mjs)"],
        ],
      );
    });
  });

  test('complains of a damaged file, but of none of ours', async () => {
    await show('events: Ir\nfl=f\nfn=f\n1 1\nwhat is this\n');
    await eventually(async () => assert.match(viewer.complaints, /what is this/));
    assert.equal(viewer.complaints.match(/^Loading /gm)?.length, 1, viewer.complaints);
  });
});
