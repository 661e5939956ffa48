/** The lines of a dump as text that tell it from other texts. */
import { isFrame } from './frame-text.ts';

export const PROCESS = /^(Parent )?Process (\d+): (.*)$/;
export const THREAD = /^Thread (\d+|0x[0-9A-Fa-f]+)(?: \(([a-z+]+)\))?(?:: "(.*)")?$/;
export const VERSION = /^Python v\d/;
/** In front of each frame. */
export const FRAME_INDENT = '    ';

/** Whether a text with these first lines is a dump. */
export function isTextDump([first = '', second = '']: string[]): boolean {
  if (PROCESS.test(first)) return VERSION.test(second);
  return THREAD.test(first) && second.startsWith(FRAME_INDENT) && isFrame(second.trimStart());
}
