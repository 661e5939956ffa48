/** SVG: it is whole, every text fits its box, and a graph that is too large is told of in time. */
import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { after, describe, test } from 'node:test';
import { XMLParser, XMLValidator } from 'fast-xml-parser';
import { builtinFont } from '../converters/views/layout/font.ts';
import { ProfileBuilder } from '../src/builder.ts';
import { Diagnostics } from '../src/diagnostics.ts';
import type { Profile } from '../src/profile.ts';
import { assertTold, convert, failure, needs, printed } from './support.ts';

const NAMES = 'fixtures/svg/names/input.folded';
/** Graphviz' margins left and right of a label together, in points. */
const MARGINS = 16;
const ALL = { nodeThres: 0, edgeThres: 0 };

const directory = mkdtempSync(join(tmpdir(), 'prof2dot-svg-'));
after(() => rmSync(directory, { recursive: true }));

interface Box {
  name: string;
  lines: string[];
  /** Points. */
  left: number;
  right: number;
  texts: { middle: number; length: number }[];
}

type Xml = Record<string, unknown>;

/** The nodes of a picture, read as XML. */
function boxes(svg: string): Box[] {
  assert.equal(XMLValidator.validate(svg), true);
  assert.doesNotMatch(svg, /[\0-\x08\x0b-\x1f\ufffe\uffff]/);
  const parser = new XMLParser({
    ignoreAttributes: false,
    attributeNamePrefix: '',
    trimValues: false,
    parseTagValue: false,
    isArray: (name) => ['g', 'a', 'polygon', 'text'].includes(name),
  });
  const found: Box[] = [];
  const visit = (element: Xml, name: string): void => {
    const inner = element['class'] === 'node' ? String(element['title']) : name;
    const polygon = (element['polygon'] as Xml[] | undefined)?.[0];
    if (inner !== '' && polygon) found.push(box(inner, polygon, element['text'] as Xml[]));
    for (const child of [element['g'], element['a']].flat()) if (child) visit(child as Xml, inner);
  };
  visit((parser.parse(svg) as { svg: Xml }).svg, '');
  return found;
}

function box(name: string, polygon: Xml, texts: Xml[]): Box {
  const corners = String(polygon['points']).split(' ');
  const across = corners.map((point) => Number(point.split(',')[0]));
  return {
    name,
    lines: texts.map((text) => String(text['#text'])),
    left: Math.min(...across),
    right: Math.max(...across),
    texts: texts.map((text) => ({ middle: Number(text['x']), length: Number(text['textLength']) })),
  };
}

const count = (svg: string, kind: string) => svg.split(`class="${kind}"`).length - 1;

/** Folded stacks of random arcs. */
function dense(nodes: number, arcs: number): Buffer {
  let seed = 1;
  const random = (below: number) => {
    seed = (seed * 48271) % 2147483647;
    return seed % below;
  };
  const lines = Array.from({ length: arcs }, () => {
    const caller = random(nodes - 1);
    return `f${caller};f${caller + 1 + random(nodes - caller - 1)} 1\n`;
  });
  return Buffer.from(lines.join(''));
}

/** A profile of functions with these names, none of which calls another. */
function flat(...names: string[]): Profile {
  const builder = new ProfileBuilder([{ name: 'samples', unit: 'samples' }]);
  return builder.tree({
    frame: Int32Array.from(names, (name) => builder.frame(builder.function(name))),
    parent: new Int32Array(names.length).fill(-1),
    self: [new Float64Array(names.length).fill(1)],
  });
}

/** Runs with this shell script, or nothing, as the dot command. */
async function withDot<T>(script: string | undefined, run: () => Promise<T>): Promise<T> {
  const path = process.env['PATH'];
  const program = join(directory, 'dot');
  if (script !== undefined) {
    writeFileSync(program, `#!/bin/sh\n${script}\n`);
    chmodSync(program, 0o755);
  }
  process.env['PATH'] = script === undefined ? '' : `${directory}${delimiter}${path}`;
  try {
    return await run();
  } finally {
    process.env['PATH'] = path;
    rmSync(program, { force: true });
  }
}

describe('svg', () => {
  test('shows every name as it is', async () => {
    const nodes = boxes((await convert(NAMES, 'svg')).toString());
    const shown = nodes.map(({ lines }) => lines[0]);
    for (const name of [
      'main',
      'parse(std::vector<int, std::allocator<int> > const&, "x" & y)',
      '函数名::处理',
    ]) {
      assert.ok(shown.includes(name), name);
    }
    assert.ok(shown.includes('back\\slash\\n {|}'));
    const names = ['a&lt;b', 'c\x01\x1b\uffff\r\0', 'd\ud800', 'e&f;\tg'];
    const drawn = boxes((await convert(flat(...names), 'svg')).toString()).map(({ lines }) => lines[0]);
    assert.deepEqual(drawn.sort(), ['a&lt;b', 'c␁␛\ufffd␍\ufffd', 'd\ufffd', 'e&f;\tg']);
  });

  test('every text fits its box', async () => {
    const nodes = boxes((await convert(NAMES, 'svg')).toString());
    assert.equal(nodes.length, 9);
    for (const { lines, left, right, texts } of nodes) {
      const widest = Math.max(...texts.map(({ length }) => length));
      assert.ok(right - left >= widest + MARGINS - 0.1, lines[0]);
      // Graphviz' widths of ASCII are those of the font: no box is wider than its text asks for.
      if (/^[\0-\x7f]*$/.test(lines.join(''))) assert.ok(right - left <= widest + MARGINS + 0.1, lines[0]);
      for (const { middle } of texts) assert.ok(Math.abs(middle - (left + right) / 2) < 0.02);
    }
  });

  test('widths are those of Arial', async () => {
    const font = await builtinFont();
    const width = (text: string) => Number(font.width(text).toFixed(3));
    assert.equal(width('A'), 0.667);
    assert.equal(width('iiii'), 0.889);
    assert.equal(width('é'), 0.556);
    assert.equal(width('Щ'), 0.938);
    assert.equal(width('函数'), 2);
    assert.equal(width('😀'), 1);
    assert.equal(width(''), 0);
  });

  test('is the same whether drawn in a thread or not, and every time', async () => {
    const star = Buffer.from(Array.from({ length: 101 }, (_, i) => `main;callee${i} 1\n`).join(''));
    const svg = (await convert(star, 'svg')).toString();
    assert.equal(count(svg, 'node'), 102);
    assert.equal(count(svg, 'edge'), 101);
    assert.deepEqual(
      boxes(svg)
        .map(({ lines }) => lines[0])
        .sort()[0],
      'callee0',
    );
    assert.equal((await convert(star, 'svg')).toString(), svg);
  });

  test('nodes tell their place and link to an editor', async () => {
    const placed = Buffer.from('main (app.py:3);parse (app.py:9) 1\n');
    const options = { svg: { url: 'vscode' } };
    const svg = (await convert(placed, 'svg', { options })).toString();
    assert.match(svg, /<a xlink:href="vscode:\/\/file\/app\.py:1:1" xlink:title="app\.py">/);
    assert.equal(boxes(svg).length, 2);
  });

  test('a graph that takes too long is given up, with a threshold that helps', async () => {
    const started = performance.now();
    const diagnostics = new Diagnostics();
    const options = { svg: { layoutLimit: 0.4 } };
    const message = await failure(
      convert(dense(1000, 6000), 'svg', { transforms: ALL, options, diagnostics }),
    );
    assertTold(
      printed(diagnostics),
      'svg/large-graph',
      /1000 nodes and \d+ edges may .*\n {2}hint: -n \S+ leaves/,
    );
    assertTold(message, 'layout/out-of-time', /: 1000 nodes and \d+ edges could not be laid out in 0\.4 s/);
    const [, percent, left] = /hint: -n (\S+) leaves (\d+) of the 1000 nodes/.exec(message)!;
    assert.ok(Number(left) <= 300, left);
    const dot = await convert(dense(1000, 6000), 'dot', {
      transforms: { nodeThres: Number(percent), edgeThres: 0 },
    });
    assert.equal(dot.toString().match(/ label="f\d+\\n/g)?.length, Number(left));
    assert.ok(performance.now() - started < 20_000);
  });

  test('edges become straight when curves take too long', async () => {
    const diagnostics = new Diagnostics();
    const picture =
      '<svg width="1pt" height="1pt" viewBox="0 0 1 1" xmlns="http://www.w3.org/2000/svg"></svg>';
    const svg = await withDot(`grep -q splines=line || exec sleep 60; echo '${picture}'`, () =>
      convert(NAMES, 'svg', { diagnostics, options: { svg: { layout: 'native', layoutLimit: 4 } } }),
    );
    assert.match(svg.toString(), /^<svg /);
    assertTold(printed(diagnostics), 'svg/straight-edges', /\n {2}hint: -n \d+ leaves \d of the 9 nodes\n/);
  });

  test('the dot command may be used', { skip: needs('dot') }, async () => {
    const native = (await convert(NAMES, 'svg', { options: { svg: { layout: 'native' } } })).toString();
    const own = (await convert(NAMES, 'svg')).toString();
    assert.equal(count(native, 'node'), count(own, 'node'));
    assert.equal(count(native, 'edge'), count(own, 'edge'));
    assert.deepEqual(
      boxes(native).map(({ lines }) => lines),
      boxes(own).map(({ lines }) => lines),
    );
  });

  test('a dot command that is missing or fails is told of', async () => {
    const native = () => failure(convert(NAMES, 'svg', { options: { svg: { layout: 'native' } } }));
    assertTold(await withDot(undefined, native), 'layout/no-dot');
    assertTold(await withDot('echo no room >&2; exit 1', native), 'layout/failed', /no room/);
  });
});
