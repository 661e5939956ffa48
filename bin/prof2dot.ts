#!/usr/bin/env node
import type { CompileCache } from '../src/cli/code-cache.ts';

// Half of a start is compiling: Node 22 and later keep for the next one what is compiled when a module is loaded.
const kept = (process.getBuiltinModule('node:module') as CompileCache).enableCompileCache?.();
// So all functions are compiled then: by itself V8 waits until they are called.
if (kept?.directory) process.getBuiltinModule('node:v8').setFlagsFromString('--no-lazy');
const { main } = await import('../src/cli/main.ts');
process.exitCode = await main(process.argv.slice(2));
