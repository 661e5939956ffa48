/**
 * DOT, the language of Graphviz: the call graph as boxes and arrows, in the very form that gprof2dot gives it.
 *
 * Written for `dot`, xdot and everything else that lays out graphs.
 * Spec: https://graphviz.org/doc/info/lang.html
 * The surprise: an id such as `3d` without quotes is read as two, and Graphviz gives up on ids that are too long.
 */
import { defineFormat } from '../../src/plugin.ts';
import { graphOptions } from './dot/options.ts';
import { writeDot } from './dot/write-dot.ts';

export const dot = defineFormat({
  name: 'dot',
  aliases: ['gv'],
  title: 'Graphviz DOT call graph',
  extensions: ['dot', 'gv'],
  spec: 'https://graphviz.org/doc/info/lang.html',
  emitter: {
    options: graphOptions,
    needs: 'direct',
    thresholds: { node: 0.5, edge: 0.1 },
    compares: true,
    differences: 'signed',
    async emit(profile, options, sink) {
      await writeDot(profile, options, sink);
    },
  },
});
