/** `@ inst_retired.any [35705 samples]`: its name and number. */
export const EVENT = /^@ (\S.*) \[(\d+) samples\]\s*$/;
/** ` 100.0%  [7447]      zio_execute @ /boot/kernel/zfs.ko`. */
const ROW = /^ *\d+(?:\.\d+)?% +\[\d+\] +\S/;

export function isEvent(line: string): boolean {
  return EVENT.test(line);
}

export function isRow(line: string): boolean {
  return ROW.test(line);
}
