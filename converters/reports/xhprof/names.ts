/** Keys of the maps: `total==>price`, or `walk@1==>walk@2`, where the numbers are levels of recursion. */
export const ARROW = '==>';
const LEVEL = /@(\d{1,9})$/;

/** The name of a function without its level. */
export function withoutLevel(name: string): string {
  return name.replace(LEVEL, '');
}

/** How often the function was on the stack already. */
export function levelOf(name: string): number {
  return Number(LEVEL.exec(name)?.[1] ?? 0);
}
