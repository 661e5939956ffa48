/** The part of `node:module` that Node 20 lacks. */
export interface CompileCache {
  enableCompileCache?: () => void;
}
