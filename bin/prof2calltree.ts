#!/usr/bin/env node
import { prof2calltree } from '../src/cli/prof2calltree.ts';

process.exitCode = await prof2calltree(process.argv.slice(2));
