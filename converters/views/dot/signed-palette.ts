/** Colours of differences. */
import type { GraphOptions } from './options.ts';
import { type Colors, hex, Palette } from './themes.ts';

/** Colours of more and less, as parts of the light. Small changes are paler. */
type SignedColor = (weight: number, fullSaturation: number, value: number) => number[];

/** What has grown, and what has shrunk. */
const COLORS = {
  'red-green': redGreen,
  'blue-orange': blueOrange,
} satisfies Record<GraphOptions['differenceColors'], SignedColor>;

/** Differences: sizes and widths are those of a theme. */
export class SignedPalette implements Colors {
  readonly theme: Colors['theme'];
  readonly #sizes: Palette;
  readonly #mixed: SignedColor;

  constructor(name: GraphOptions['colormap'], skew: number, colors: GraphOptions['differenceColors']) {
    this.#sizes = new Palette(name, skew);
    this.theme = this.#sizes.theme;
    this.#mixed = COLORS[colors];
  }

  color(weight: number): string {
    return this.#color(weight, 1, 0.7);
  }

  fill(weight: number): string {
    return this.#color(weight, 0.1, 0.93);
  }

  #color(weight: number, fullSaturation: number, value: number): string {
    const light = this.#mixed(Math.min(Math.max(weight, -1), 1), fullSaturation, value);
    return hex(light.map((channel) => Math.trunc(255 * channel)));
  }

  nodeFontColor(): string {
    return '#000000';
  }

  /** Dark enough to be read where little has changed. */
  edgeFontColor(weight: number): string {
    return this.#color(weight, 1, 0.4);
  }

  fontSize(weight: number): number {
    return this.#sizes.fontSize(Math.abs(weight));
  }

  penWidth(weight: number): number {
    return this.#sizes.penWidth(Math.abs(weight));
  }
}

/** As pprof draws them. https://github.com/google/pprof/blob/main/internal/graph/dotgraph.go */
function redGreen(weight: number, fullSaturation: number, value: number): number[] {
  const size = Math.abs(weight);
  const saturation = fullSaturation * Math.min(size / 0.2, 1);
  const faded = value * (1 - saturation * size ** 0.3);
  const [red, green] = weight < 0 ? [faded, value] : [value, faded];
  return [red, green, value * (1 - saturation)];
}

/** Orange is more, blue is less: what those see as different colours, too, to whom red and green are alike. */
function blueOrange(weight: number, fullSaturation: number, value: number): number[] {
  const saturation = fullSaturation * Math.min(Math.abs(weight) / 0.2, 1) ** 0.5;
  const taken = weight < 0 ? [1, 0.5, 0] : [0, 0.5, 1];
  return taken.map((part) => value * (1 - saturation * part));
}
