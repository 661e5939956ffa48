#!/usr/bin/env node
import { cacheCode } from '../src/cli/code-cache.ts';

cacheCode();
const { prof2calltree } = await import('../src/cli/prof2calltree.ts');
process.exitCode = await prof2calltree(process.argv.slice(2));
