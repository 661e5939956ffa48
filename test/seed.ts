/** Random tests draw the same values in each run; SEED=… draws others, to look for more. */
import fc from 'fast-check';

fc.configureGlobal({ seed: Number(process.env['SEED'] ?? 20261124) });
