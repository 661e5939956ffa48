/**
 * PNG: the call graph, drawn in pixels.
 *
 * For whatever shows pictures but no SVG.
 * Spec: https://www.w3.org/TR/png-3/
 * The surprise: text needs a font, and a machine may have none: one comes with us, which has no Chinese,
 * Japanese or Korean characters.
 */
import * as z from 'zod/mini';
import { defineFormat, type OptionsOf, option } from '../../src/plugin.ts';
import { graphOptions } from './dot/options.ts';
import { layoutOptions } from './layout/options.ts';

/** A picture of pixels shows no tooltips and follows no links. */
const options = () =>
  z.extend(z.omit(graphOptions(), { tooltip: true, url: true }), {
    ...layoutOptions(),
    scale: option(z._default(z.number().check(z.minimum(0.01), z.maximum(100)), 2), {
      help: 'pixels by pixel of a plain screen (96 by inch)',
      value: 'FACTOR',
    }),
    font: option(z._default(z.array(z.string()), []), {
      help: 'a TrueType or OpenType font for characters that the built-in one lacks (repeatable)',
      value: 'FILE',
    }),
  });

export type PngOptions = OptionsOf<typeof options>;

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
    async emit(profile, chosen, sink) {
      const { writePicture } = await import('./png/picture.ts');
      await writePicture(profile, chosen, sink);
    },
  },
});
