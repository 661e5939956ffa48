#!/usr/bin/env node
import type { CompileCache } from '../src/cli/code-cache.ts';

// Half of a start is compiling: Node 22 and later keep what they compiled for the next one.
(process.getBuiltinModule('node:module') as CompileCache).enableCompileCache?.();
const { main } = await import('../src/cli/main.ts');
process.exitCode = await main(process.argv.slice(2));
