/** The options of every view that lays out the call graph. */
import * as z from 'zod/mini';
import { option } from '../../../src/plugin.ts';

export const layoutOptions = () => ({
  layout: option(z._default(z.enum(['wasm', 'native']), 'wasm'), {
    help: 'the Graphviz that lays out the graph: the built-in one, or the dot command',
    flag: 'layout',
    value: 'ENGINE',
  }),
  layoutLimit: option(z._default(z.number().check(z.minimum(0), z.maximum(1e6)), 60), {
    help: 'give up the layout after so many seconds; 0 = never',
    flag: 'layout-limit',
    value: 'SECONDS',
  }),
});

export type LayoutOptions = z.output<z.ZodMiniObject<ReturnType<typeof layoutOptions>>>;
