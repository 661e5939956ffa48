/** Above the stack of a thread in a dump: its number, and `*` if it holds the GIL. */
export const THREAD = /^(\d+)(\*?):$/;
