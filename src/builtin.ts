/** The formats that come with prof2dot: the only file in src that imports converters. */
import { folded } from '../converters/stacks/folded.ts';
import { dot } from '../converters/views/dot.ts';
import { Registry } from './registry.ts';

export const builtin: Registry = new Registry([folded, dot]);
