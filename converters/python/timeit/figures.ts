/** The figures of timings, in the order in which a profile has them. */
export const FIGURES = [
  { name: 'real', unit: 'nanoseconds', title: 'elapsed time' },
  { name: 'user', unit: 'nanoseconds', title: 'CPU time of the program' },
  { name: 'sys', unit: 'nanoseconds', title: 'CPU time of the system for it' },
  { name: 'cpu', unit: 'nanoseconds', title: 'CPU time' },
  { name: 'max-memory', unit: 'bytes', title: 'most memory in use' },
  { name: 'average-memory', unit: 'bytes', title: 'memory in use' },
  { name: 'average-text', unit: 'bytes', title: 'memory for shared code' },
  { name: 'average-data', unit: 'bytes', title: 'memory for data' },
  { name: 'average-stack', unit: 'bytes', title: 'memory for the stack' },
  { name: 'average-total', unit: 'bytes', title: 'memory for code, data and stack' },
  { name: 'major-faults', unit: 'count', title: 'page faults that needed the disk' },
  { name: 'minor-faults', unit: 'count', title: 'page faults that did not' },
  { name: 'voluntary-switches', unit: 'count', title: 'times it gave up the CPU' },
  { name: 'involuntary-switches', unit: 'count', title: 'times the CPU was taken from it' },
  { name: 'swaps', unit: 'count' },
  { name: 'inputs', unit: 'count', title: 'reads from file systems' },
  { name: 'outputs', unit: 'count', title: 'writes to file systems' },
  { name: 'messages-sent', unit: 'count' },
  { name: 'messages-received', unit: 'count' },
  { name: 'signals', unit: 'count' },
] as const;

export type Figure = (typeof FIGURES)[number]['name'];
