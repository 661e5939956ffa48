#!/usr/bin/env node
import { cacheCode } from '../src/cli/code-cache.ts';

cacheCode();
const { main } = await import('../src/cli/main.ts');
process.exitCode = await main(process.argv.slice(2));
