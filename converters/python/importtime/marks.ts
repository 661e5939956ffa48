/** What lines of import times begin with, and the line above them. */
export const MARK = 'import time: ';
export const HEADER = 'import time: self [us] | cumulative | imported package';
