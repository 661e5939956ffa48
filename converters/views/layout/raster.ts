/** SVG to PNG by resvg. It sees only the fonts that it is given: those of the machine play no part. */
import { packageFile } from '../../../src/plugin.ts';

/** CSS pixels in a point. */
const PIXELS_PER_POINT = 96 / 72;
/** A picture takes four bytes a pixel in memory, and few viewers open larger ones. */
const MAX_PIXELS = 64 * 2 ** 20;
const MAX_SIDE = 32_767;

type Resvg = typeof import('@resvg/resvg-wasm')['Resvg'];

let loading: Promise<Resvg> | undefined;

/** The rasteriser; it can be started only once. */
function resvg(): Promise<Resvg> {
  loading ??= (async () => {
    const [{ initWasm, Resvg }, wasm] = await Promise.all([
      import('@resvg/resvg-wasm'),
      packageFile('@resvg/resvg-wasm/index_bg.wasm'),
    ]);
    await initWasm(wasm as Uint8Array<ArrayBuffer>);
    return Resvg;
  })();
  return loading;
}

export interface Size {
  width: number;
  height: number;
}

/** The size of Graphviz' SVG in CSS pixels. */
export function sizeOf(svg: string): Size {
  const [, width, height] = /<svg [^>]*?width="([\d.]+)pt" height="([\d.]+)pt"/.exec(svg)!;
  return { width: Number(width) * PIXELS_PER_POINT, height: Number(height) * PIXELS_PER_POINT };
}

/** The scale, or the greatest one with which a picture is not too large. */
export function possibleScale({ width, height }: Size, scale: number): number {
  return Math.min(scale, Math.sqrt(MAX_PIXELS / (width * height)), MAX_SIDE / width, MAX_SIDE / height);
}

/** The picture as PNG; `scale` in pixels by CSS pixel. Characters are taken from the first font that has them. */
export async function rasterize(svg: string, fonts: Uint8Array[], scale: number): Promise<Uint8Array> {
  const Resvg = await resvg();
  const image = new Resvg(svg, {
    fitTo: { mode: 'zoom', value: scale },
    font: { fontBuffers: fonts },
  });
  const rendered = image.render();
  const png = rendered.asPng();
  rendered.free();
  image.free();
  return png;
}
