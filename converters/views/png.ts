/**
 * PNG: the call graph, drawn in pixels.
 *
 * For whatever shows pictures but no SVG.
 * Spec: https://www.w3.org/TR/png-3/
 * The surprise: text needs a font, and a machine may have none: one comes with us, which has no Chinese,
 * Japanese or Korean characters.
 */
import * as z from 'zod/mini';
import {
  defineFormat,
  type OptionsOf,
  option,
  type Profile,
  ProfileError,
  type Sink,
  userFile,
} from '../../src/plugin.ts';
import { graphOptions } from './dot/options.ts';
import { layoutOptions } from './layout/options.ts';

/** A picture of pixels shows no tooltips and follows no links. */
const options = () =>
  z.extend(z.omit(graphOptions, { tooltip: true, url: true }), {
    ...layoutOptions,
    scale: option(z._default(z.number().check(z.minimum(0.01), z.maximum(100)), 2), {
      help: 'pixels by pixel of a plain screen (96 by inch)',
      value: 'FACTOR',
    }),
    font: option(z._default(z.array(z.string()), []), {
      help: 'a TrueType or OpenType font for characters that the built-in one lacks (repeatable)',
      value: 'FILE',
    }),
  });
/** TrueType, OpenType, Apple's TrueType, a collection. */
const FONT_SIGNATURES = new Set(['\0\x01\0\0', 'OTTO', 'true', 'ttcf']);

type PngOptions = OptionsOf<typeof options>;

export const png = defineFormat({
  name: 'png',
  title: 'drawn call graph, as PNG',
  extensions: ['png'],
  spec: 'https://www.w3.org/TR/png-3/',
  emitter: {
    options,
    needs: 'direct',
    thresholds: { node: 0.5, edge: 0.1 },
    compares: true,
    differences: 'signed',
    wasm: true,
    binary: true,
    emit,
  },
});

async function emit(profile: Profile, options: PngOptions, sink: Sink): Promise<void> {
  const [{ drawGraph }, { builtinFont }, { possibleScale, rasterize, sizeOf }] = await Promise.all([
    import('./layout/draw.ts'),
    import('./layout/font.ts'),
    import('./layout/raster.ts'),
  ]);
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

async function fontFile(path: string): Promise<Uint8Array> {
  let bytes: Uint8Array;
  try {
    bytes = await userFile(path);
  } catch (cause) {
    throw new ProfileError(
      { code: 'png/no-font', message: `cannot read the font: ${(cause as Error).message}`, file: path },
      { cause },
    );
  }
  if (FONT_SIGNATURES.has(String.fromCharCode(bytes[0]!, bytes[1]!, bytes[2]!, bytes[3]!))) return bytes;
  throw new ProfileError({
    code: 'png/bad-font',
    message: 'this is neither a TrueType nor an OpenType font',
    file: path,
    hint: 'a .ttf, .otf or .ttc file; web fonts (.woff) have to be unpacked first',
  });
}

function pixels(length: number): string {
  return Math.round(length).toString();
}
