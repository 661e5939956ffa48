/**
 * The frame on a header's line, as perf prints samples without call chains.
 *
 * In front of it may stand what the sample says of data: an address with its symbol, the kind of access, weights.
 * Behind it: registers, branches, the instruction, a physical address, sizes of pages.
 */
import { trimmedEnd } from '../../../src/plugin.ts';
import { addressEnd, isBlank, skipBlanks } from './header.ts';

const PAREN = 41;
/** perf prints addresses so wide. */
const WIDTH = 16;
const BRANCH = String.raw`[^\s/]+\/[^\s/]+\/[MP-]\/[X-]\/[A-]\/\d+\S*`;
const BRANCHES = new RegExp(String.raw`^\s*(?:${BRANCH}|0x[0-9a-f]+\/0x[0-9a-f]+\/\S*)(?:\s|$)`);
const PAGE = String.raw`(?:N\/A|\d+[BKMG])`;
const BEHIND = new RegExp(
  String.raw`\s(?:ABI:\d.*|ilen: \d.*|insn: .*|${BRANCH}.*|0x[0-9a-f]+\/0x[0-9a-f]+\/.*|${PAGE}(?: ${PAGE})?)$`,
);
/** A byte a character, so that what is found in a text is found in its bytes. */
const decoder = new TextDecoder('latin1');

export class HeaderFrame {
  start = 0;
  end = 0;
  /** Whether branches stand behind it. */
  branches = false;

  /** Whether a frame is in `bytes[from … to]`, the part of a header behind the event. */
  find(bytes: Uint8Array, from: number, to: number): boolean {
    this.branches = false;
    this.start = skipBlanks(bytes, from, to);
    this.end = trimmedEnd(bytes, this.start, to);
    const behind = addressEnd(bytes, this.start, this.end);
    if (behind < 0) return false;
    const isWide = behind - from >= WIDTH;
    const isClosed = bytes[this.end - 1] === PAREN;
    const isSecond = this.#findLast(bytes, behind);
    if (bytes[this.end - 1] !== PAREN) this.#cut(bytes);
    return isWide || isClosed || isSecond;
  }

  /** Goes to the last address; whether there is a second one. One with nothing behind it is that of the memory. */
  #findLast(bytes: Uint8Array, behind: number): boolean {
    let found = false;
    for (let at = behind; at < this.end; ) {
      const word = skipBlanks(bytes, at, this.end);
      const wordEnd = addressEnd(bytes, word, this.end);
      if (wordEnd - at > WIDTH) {
        if (wordEnd === this.end && at > behind) {
          this.end = at;
          return found;
        }
        this.start = word;
        behind = wordEnd;
        found = true;
      }
      at = word;
      while (at < this.end && !isBlank(bytes[at])) at++;
    }
    return found;
  }

  /** Cuts off what stands behind the symbol. */
  #cut(bytes: Uint8Array): void {
    const text = decoder.decode(bytes.subarray(this.start, this.end));
    const match = BEHIND.exec(text);
    if (!match) return;
    this.branches = BRANCHES.test(match[0]);
    this.end = trimmedEnd(bytes, this.start, this.start + match.index);
  }
}
