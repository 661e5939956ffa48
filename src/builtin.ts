/** The formats that come with prof2dot: the only file in src that imports converters. */
import { callgrind } from '../converters/callgrind/callgrind.ts';
import { json } from '../converters/exchange/json.ts';
import { pprof } from '../converters/exchange/pprof.ts';
import { folded } from '../converters/stacks/folded.ts';
import { dot } from '../converters/views/dot.ts';
import { Registry } from './registry.ts';

export const builtin: Registry = new Registry([pprof, json, callgrind, folded, dot]);
