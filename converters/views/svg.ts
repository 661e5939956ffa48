/**
 * SVG: the call graph, drawn.
 *
 * For browsers, documents and everything else that shows pictures.
 * Spec: https://www.w3.org/TR/SVG11/
 * The surprise: the viewer's font is not the one that the boxes were made for, so every text has its length.
 */
import * as z from 'zod/mini';
import { defineFormat } from '../../src/plugin.ts';
import { graphOptions } from './dot/options.ts';
import { layoutOptions } from './layout/options.ts';

export const svg = defineFormat({
  name: 'svg',
  title: 'drawn call graph, as SVG',
  extensions: ['svg'],
  spec: 'https://www.w3.org/TR/SVG11/',
  emitter: {
    options: () => z.extend(graphOptions(), layoutOptions()),
    needs: 'direct',
    thresholds: { node: 0.5, edge: 0.1 },
    compares: true,
    differences: 'signed',
    wasm: true,
    async emit(profile, options, sink) {
      const { drawGraph } = await import('./layout/draw.ts');
      sink.write(await drawGraph(profile, options, sink));
    },
  },
});
