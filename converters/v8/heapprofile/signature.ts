/** What tells the tree of a heap profile from that of an old CPU profile, which is below `head`, too. */

const CALL_FRAME = /"callFrame"\s*:\s*\{/;
const SELF_SIZE = /"selfSize"\s*:/;
const HIT_COUNT = /"hitCount"\s*:/;

/** How surely the nodes of a text are those of a heap profile; where keys are sorted, sizes stand behind children. */
export function heapNodes(text: string): number {
  if (!CALL_FRAME.test(text)) return 0;
  if (SELF_SIZE.test(text)) return 0.95;
  return HIT_COUNT.test(text) ? 0 : 0.8;
}
