/** The five colour maps of gprof2dot: how a weight between 0 and 1 becomes a colour, a size, a width. */

type Hsl = readonly [hue: number, saturation: number, lightness: number];

interface Theme {
  coolest: Hsl;
  hottest: Hsl;
  gamma: number;
  fontSize: readonly [min: number, max: number];
  penWidth: readonly [min: number, max: number];
  nodeStyle: 'filled' | 'solid';
  fontColor: 'white' | 'black';
}

const FILLED = { nodeStyle: 'filled', fontColor: 'white' } as const;
const COLORED = { ...FILLED, fontSize: [10, 10], penWidth: [0.5, 4] } as const;
const BLACK: Hsl = [0, 0, 0];
const RED: Hsl = [0, 1, 0.5];

export const themes = {
  color: { ...COLORED, coolest: [2 / 3, 0.8, 0.25], hottest: RED, gamma: 1 },
  pink: { ...COLORED, coolest: [0, 1, 0.9], hottest: RED, gamma: 2.2 },
  gray: { ...COLORED, coolest: [0, 0, 0.85], hottest: BLACK, gamma: 2.2 },
  bw: { ...FILLED, coolest: BLACK, hottest: BLACK, gamma: 2.2, fontSize: [8, 24], penWidth: [0.1, 8] },
  print: {
    coolest: BLACK,
    hottest: BLACK,
    gamma: 2.2,
    fontSize: [18, 30],
    penWidth: [0.1, 8],
    nodeStyle: 'solid',
    fontColor: 'black',
  },
} as const satisfies Record<string, Theme>;

/** Colours, sizes and widths by weight. */
export interface Colors {
  readonly theme: Theme;
  color(weight: number): string;
  /** What fills a node; undefined = its colour. */
  fill?(weight: number): string;
  /** Text on an edge. */
  edgeFontColor(weight: number): string;
  nodeFontColor(weight: number): string;
  fontSize(weight: number): number;
  penWidth(weight: number): number;
}

/** The looks of nodes and edges by weight. */
export class Palette implements Colors {
  readonly theme: Theme;
  readonly #skew: number;
  /** The weight that was asked for last, and its colour: a line and its text have the same. */
  #weight = Number.NaN;
  #color = '';

  /** `skew` below 1 shows more colours near the bottom, above 1 near the top; 0 is the same as 1. */
  constructor(name: keyof typeof themes, skew: number) {
    this.theme = themes[name];
    this.#skew = skew;
  }

  color(weight: number): string {
    if (weight === this.#weight) return this.#color;
    const w = Math.min(Math.max(weight, 0), 1);
    const base = this.#skew;
    const t = base === 0 || base === 1 ? w : (base ** w - 1) / (base - 1);
    const { coolest, hottest, gamma } = this.theme;
    const mix = (i: 0 | 1 | 2) => coolest[i] + t * (hottest[i] - coolest[i]);
    this.#weight = weight;
    this.#color = hex(rgb(mix(0), mix(1), mix(2)).map((c) => Math.trunc(255 * c ** gamma + 0.5)));
    return this.#color;
  }

  /** Text on a node: the background shows through a filled one. */
  nodeFontColor(weight: number): string {
    return this.theme.nodeStyle === 'filled' ? '#ffffff' : this.color(weight);
  }

  edgeFontColor(weight: number): string {
    return this.color(weight);
  }

  fontSize(weight: number): number {
    const [min, max] = this.theme.fontSize;
    return Math.max(Math.max(weight, 0) ** 2 * max, min);
  }

  penWidth(weight: number): number {
    const [min, max] = this.theme.penWidth;
    return Math.max(weight * max, min);
  }
}

/** Channels are integers up to 255. */
export function hex([red, green, blue]: number[]): string {
  return `#${((1 << 24) | (red! << 16) | (green! << 8) | blue!).toString(16).slice(1)}`;
}

/** CSS3: http://www.w3.org/TR/css-color-3/#hsl-color */
function rgb(hue: number, saturation: number, lightness: number): number[] {
  const h = hue - Math.floor(hue);
  const s = Math.min(Math.max(saturation, 0), 1);
  const l = Math.min(Math.max(lightness, 0), 1);
  const m2 = l <= 0.5 ? l * (s + 1) : l + s - l * s;
  const m1 = l * 2 - m2;
  return [h + 1 / 3, h, h - 1 / 3].map((channel) => {
    const t = channel < 0 ? channel + 1 : channel > 1 ? channel - 1 : channel;
    if (t * 6 < 1) return m1 + (m2 - m1) * t * 6;
    if (t * 2 < 1) return m2;
    if (t * 3 < 2) return m1 + (m2 - m1) * (2 / 3 - t) * 6;
    return m1;
  });
}
