#!/usr/bin/env node
import type { CompileCache } from '../src/cli/code-cache.ts';

// Half of a start is compiling: Node 22 and later keep what they compiled for the next one.
(process.getBuiltinModule('node:module') as CompileCache).enableCompileCache?.();
const { prof2calltree } = await import('../src/cli/prof2calltree.ts');
process.exitCode = await prof2calltree(process.argv.slice(2));
