/** The part of `node:module` that Node 20 lacks. */
export interface CompileCache {
  /** `directory`: where compiled code is kept; absent if it is not. */
  enableCompileCache?: () => { directory?: string } | undefined;
}
