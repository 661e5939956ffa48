/** PNG: it is whole, of the right size, and shows text that fits, without a font of the machine. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { inflateSync } from 'node:zlib';
import { possibleScale } from '../converters/views/layout/raster.ts';
import { Diagnostics } from '../src/diagnostics.ts';
import { packageFile } from '../src/plugin.ts';
import { assertTold, convert, failure, printed } from './support.ts';

const BASIC = 'fixtures/folded/basic/input.folded';
const FOLDED = { format: 'folded' };
const LONG_NAME = 'std::vector<int, std::allocator<int> >::push_back(int const&) & "MWQ" жЩ';
const RED = 0xff0000;
/** Margin left and right of a label, in points. */
const MARGIN = 8;

const directory = mkdtempSync(join(tmpdir(), 'prof2dot-png-'));
after(() => rmSync(directory, { recursive: true }));

interface Picture {
  width: number;
  height: number;
  /** 0xrrggbb */
  color(x: number, y: number): number;
}

/** Reads what resvg writes: eight bits each of red, green, blue and alpha, not interlaced. */
function picture(png: Buffer): Picture {
  assert.equal(png.subarray(0, 8).toString('latin1'), '\x89PNG\r\n\x1a\n');
  const data: Buffer[] = [];
  let type = '';
  for (let at = 8; at < png.length; at += 12 + png.readUInt32BE(at)) {
    type = png.toString('latin1', at + 4, at + 8);
    if (type === 'IDAT') data.push(png.subarray(at + 8, at + 8 + png.readUInt32BE(at)));
  }
  assert.equal(type, 'IEND');
  assert.deepEqual([...png.subarray(24, 29)], [8, 6, 0, 0, 0]);
  const width = png.readUInt32BE(16);
  const height = png.readUInt32BE(20);
  const rows = inflateSync(Buffer.concat(data));
  assert.equal(rows.length, height * (1 + 4 * width));
  return { width, height, color: colors(rows, 4 * width) };
}

/** Takes the filters off the rows. */
function colors(rows: Buffer, length: number): Picture['color'] {
  for (let row = 0; row < rows.length; row += 1 + length) {
    for (let i = row + 1; i <= row + length; i++) {
      const left = i > row + 4 ? rows[i - 4]! : 0;
      const above = row > 0 ? rows[i - 1 - length]! : 0;
      const corner = i > row + 4 && row > 0 ? rows[i - 5 - length]! : 0;
      const predicted = [0, left, above, (left + above) >> 1, paeth(left, above, corner)][rows[row]!]!;
      rows[i] = rows[i]! + predicted;
    }
  }
  return (x, y) => rows.readUIntBE(y * (1 + length) + 1 + 4 * x, 3);
}

function paeth(left: number, above: number, corner: number): number {
  const [a, b, c] = [above - corner, left - corner, left + above - 2 * corner].map(Math.abs) as [
    number,
    number,
    number,
  ];
  if (a <= b && a <= c) return left;
  return b <= c ? above : corner;
}

/** For each column of the red box: how many pixels of it are not red. */
function columnsOfBox({ width, height, color }: Picture): number[] {
  const red: [x: number, y: number][] = [];
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) if (color(x, y) === RED) red.push([x, y]);
  }
  const across = red.map(([x]) => x).sort((a, b) => a - b);
  const [left, right] = [across[0]!, across.at(-1)!];
  const [top, bottom] = [red[0]![1], red.at(-1)![1]];
  return Array.from({ length: right - left + 1 }, (_, i) => {
    let others = 0;
    for (let y = top; y <= bottom; y++) if (color(left + i, y) !== RED) others++;
    return others;
  });
}

describe('png', () => {
  test('has the size of the SVG, scaled', async () => {
    const [, width, height] = /width="(\d+)pt" height="(\d+)pt"/.exec(
      (await convert(BASIC, 'svg')).toString(),
    )!;
    for (const scale of [2, 0.5]) {
      const options = scale === 2 ? {} : { png: { scale } };
      const drawn = picture(await convert(BASIC, 'png', { options }));
      assert.ok(Math.abs(drawn.width - (Number(width) / 72) * 96 * scale) <= 1);
      assert.ok(Math.abs(drawn.height - (Number(height) / 72) * 96 * scale) <= 1);
    }
  });

  test('text fills its box up to the margins', async () => {
    const diagnostics = new Diagnostics();
    const drawn = picture(await convert(Buffer.from(`${LONG_NAME} 1\n`), 'png', { ...FOLDED, diagnostics }));
    assert.equal(printed(diagnostics), '');
    const columns = columnsOfBox(drawn);
    const margin = Math.floor((MARGIN / 72) * 96 * 2) - 1;
    assert.ok(columns.length > 2 * margin);
    assert.deepEqual(new Set([...columns.slice(0, margin), ...columns.slice(-margin)]), new Set([0]));
    const text = columns.slice(margin, -margin);
    const first = text.findIndex((others) => others > 0);
    const last = text.findLastIndex((others) => others > 0);
    assert.ok(last - first > 0.97 * text.length, `${last - first} of ${text.length}`);
    // Letters are some of the box, not all of it.
    const ink = columns.reduce((sum, others) => sum + others, 0);
    assert.ok(ink > 0.03 * columns.length * drawn.height && ink < 0.3 * columns.length * drawn.height);
  });

  test('a picture that would be too large is drawn smaller', async () => {
    assert.equal(possibleScale({ width: 100, height: 100 }, 2), 2);
    assert.equal(possibleScale({ width: 327_670, height: 100 }, 2), 0.1);
    assert.equal(possibleScale({ width: 16_384, height: 16_384 }, 2), 0.5);
    const diagnostics = new Diagnostics();
    const wide = Buffer.from(`${'W'.repeat(2000)} 1\n`);
    const drawn = picture(
      await convert(wide, 'png', { ...FOLDED, diagnostics, options: { png: { scale: 100 } } }),
    );
    assert.ok(Math.abs(drawn.width - 32_767) <= 1);
    assertTold(
      printed(diagnostics),
      'png/scaled-down',
      /: \d+ × \d+ pixels are too many: drawn at scale 1\.3/,
    );
  });

  test('characters that the font lacks are told of; another font may be given', async () => {
    const chinese = Buffer.from('函数 1\n');
    const diagnostics = new Diagnostics();
    await convert(chinese, 'png', { ...FOLDED, diagnostics });
    assertTold(printed(diagnostics), 'png/no-glyphs');
    diagnostics.clear();
    const font = join(directory, 'bold.ttf');
    writeFileSync(font, await packageFile('@expo-google-fonts/arimo/700Bold/Arimo_700Bold.ttf'));
    await convert(chinese, 'png', { ...FOLDED, diagnostics, options: { png: { font: [font] } } });
    assert.equal(printed(diagnostics), '');
  });

  test('a file that is no font is refused', async () => {
    const refused = (font: string) => failure(convert(BASIC, 'png', { options: { png: { font: [font] } } }));
    assertTold(await refused(join(directory, 'none.ttf')), 'png/no-font');
    const text = join(directory, 'text.ttf');
    writeFileSync(text, 'no');
    assertTold(await refused(text), 'png/bad-font');
  });
});
