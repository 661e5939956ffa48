#!/usr/bin/env node
import type { CompileCache } from '../src/cli/code-cache.ts';

// Half of a start is compiling: Node 22 and later keep for the next one what was compiled when a module was loaded.
const kept = (process.getBuiltinModule('node:module') as CompileCache).enableCompileCache?.();
// That are all of its functions, if V8 does not wait for their first calls.
if (kept?.directory) process.getBuiltinModule('node:v8').setFlagsFromString('--no-lazy');
const { main } = await import('../src/cli/main.ts');
process.exitCode = await main(process.argv.slice(2));
