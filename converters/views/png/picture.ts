/** The picture: drawn as SVG, then in pixels. */
import type { Profile, Sink } from '../../../src/plugin.ts';
import { drawGraph } from '../layout/draw.ts';
import { builtinFont } from '../layout/font.ts';
import { possibleScale, rasterize, sizeOf } from '../layout/raster.ts';
import type { PngOptions } from '../png.ts';
import { fontFile } from './font-file.ts';

export async function writePicture(profile: Profile, options: PngOptions, sink: Sink): Promise<void> {
  const fonts = await Promise.all(options.font.map(fontFile));
  const svg = await drawGraph(profile, { ...options, tooltip: 'none' }, sink);
  const font = await builtinFont();
  if (fonts.length === 0 && !font.hasAll(svg)) {
    sink.lost(
      'no-glyphs',
      'names have characters that the built-in font lacks: they are drawn as boxes',
      `--png.font FILE adds a font; -t svg takes the viewer's`,
    );
  }
  const size = sizeOf(svg);
  const scale = possibleScale(size, options.scale);
  if (scale < options.scale) {
    sink.lost(
      'scaled-down',
      `${pixels(size.width * options.scale)} × ${pixels(size.height * options.scale)} pixels are too many: drawn at scale ${scale.toPrecision(2)}`,
      '-n PERCENT leaves out small nodes; -t svg has no limit',
    );
  }
  sink.write(await rasterize(svg, [font.bytes, ...fonts], scale));
}

function pixels(length: number): string {
  return Math.round(length).toString();
}
